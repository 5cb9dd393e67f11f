import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {describeWith} from '../support/describeWith';
import {withoutTfjsNode} from '../support/tfjsNode';

// What V8 compiles as it goes is no leak, and would hide one.
const args = ['--expose-gc', '--no-opt', '--import', 'tsx', join(__dirname, 'soak.ts')];

/** What there is after 2,000 steps of training as a share of what there was after 200 to 400. */
async function growth(backend: string): Promise<Record<string, number>> {
  const {stdout} = await promisify(execFile)(process.execPath, [...args, backend], {
    cwd: join(__dirname, '../..'),
  });
  const {steps, ...figures} = JSON.parse(stdout) as {steps: number} & Record<string, [number, number]>;
  expect(steps).toBe(2000);
  return Object.fromEntries(Object.entries(figures).map(([name, [before, after]]) => [name, after / before]));
}

/** Neither more nor, which would be as strange, less. */
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
    it('leave no tensor and no memory behind', async () => {
      const {tensors, bytes, data, heap, ...memory} = await growth(backend);
      for (const share of [tensors, bytes, data]) flat(share);
      for (const share of [heap, ...Object.values(memory)]) grown(share);
      expect(Object.keys(memory)).toEqual(backend === 'tfjs-node' ? ['resident'] : ['memory', 'room']);
    }, 300_000);
  });
}
