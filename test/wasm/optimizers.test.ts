import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../src/wasm';
import {attempt, leaking, verdict} from './attempt';
import {table} from './table';

beforeAll(async () => {
  await tf.setBackend('wasm');
  enableTraining();
});

describe('enableTraining() trains with every optimizer as the CPU backend does:', () => {
  const {Layers, Optimizers} = table;

  it.each(Layers.map((row) => [row.kind, row] as const))('%s', async (_, row) => {
    const verdicts: Record<string, string> = {};
    for (const {kind, optimizer} of Optimizers) {
      const expected = await attempt('cpu', {...row, optimizer});
      verdicts[kind] = verdict(await attempt('wasm', {...row, optimizer}), expected, row);
    }
    const wrong = Object.entries(verdicts).filter(
      ([, trained]) => !/^(yes|yes, unlike cpu|no, nor on cpu: .*)$/.test(trained),
    );
    expect(wrong).toEqual([]);
    expect(leaking).toEqual([]);
  });
});
