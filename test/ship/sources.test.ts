import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {compact, prune, sparsify} from 'tfjs-pruning';
import {run} from '../../bin/run';
import {networks} from '../../demo/networks';
import {differenceOf} from '../runtime/compare';
import {useBackend} from '../support/backends';
import {evaluate} from './evaluate';
import {compareShipped} from './shipped';

useBackend('wasm');

const keras3 = join(__dirname, '../storage/keras3');

it('a sparsified model ships, and its module predicts as it does', async () => {
  const model = networks.conv([28, 28, 1], 10, 1);
  await prune(model, 0.9);
  const sparse = await sparsify(await compact(model));
  expect(await compareShipped(sparse, [1, 3])).toBeLessThan(1e-5);
});

it.each(['sequential', 'functional', 'recurrent', 'trained-recurrent', 'trained-nested'])(
  'the command ships the %s model of Keras 3 as a module with the outputs that Keras gave',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'ship-keras-'));
    const file = join(folder, 'net.mjs');
    expect(await run(['ship', join(keras3, name, 'model.json'), '-o', file])).toMatchObject({
      code: 0,
      error: '',
    });
    const net = evaluate(readFileSync(file, 'utf8'));
    rmSync(folder, {recursive: true});
    const {inputs, output} = JSON.parse(readFileSync(join(keras3, name, 'outputs.json'), 'utf8'));
    const values: number[][] = inputs.map((input: number[]) => [input].flat(6));
    const result = net.predict(
      values.length === 1
        ? values[0]
        : Object.fromEntries(values.map((value, i) => [net.inputs[i].name, value])),
    );
    const outputs = result instanceof Float32Array ? [result] : Object.values(result);
    const expected = Float32Array.from(output.flat(6));
    const actual = Float32Array.from(outputs.flatMap((one) => [...one]));
    expect(actual).toHaveLength(expected.length);
    expect(differenceOf(actual, expected)).toBeLessThan(1e-5);
  },
);
