import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describeWith} from '../support/describeWith';
import {withoutTfjsNode} from '../support/tfjsNode';

// Compiled code of V8 is no leak, and would hide one.
const args = ['--expose-gc', '--no-opt', '--import', 'tsx', join(__dirname, 'soak.ts')];

/** Tensors and memory after 2,000 steps of training relative to those after 200 to 400. */
async function growth(backend: string): Promise<Record<string, number>> {
  const {stdout} = await promisify(execFile)(process.execPath, [...args, backend], {
    cwd: join(__dirname, '../..'),
  });
  const {steps, ...figures} = JSON.parse(stdout) as {steps: number} & Record<string, [number, number]>;
  expect(steps).toBe(2000);
  return Object.fromEntries(Object.entries(figures).map(([name, [before, after]]) => [name, after / before]));
}

/** The number of tensors must not change in either direction. */
const flat = (share: number) => expect(Math.abs(share - 1)).toBeLessThan(0.02);

/** The memory of a process may shrink. */
const grown = (share: number) => expect(share).toBeLessThan(1.02);

const backends: [name: string, missing: string | undefined][] = [
  ['wasm', undefined],
  ['wasm with enableTraining()', undefined],
  ['tfjs-node', withoutTfjsNode()],
];

for (const [backend, missing] of backends) {
  describeWith(missing, `2,000 steps of training with pruning and statistics on ${backend}`, () => {
    it('leak no tensors and no memory', async () => {
      const {tensors, bytes, data, heap, ...memory} = await growth(backend);
      for (const share of [tensors, bytes, data]) flat(share);
      for (const share of [heap, ...Object.values(memory)]) grown(share);
      expect(Object.keys(memory)).toEqual(backend === 'tfjs-node' ? ['resident'] : ['memory', 'room']);
    }, 300_000);
  });
}
