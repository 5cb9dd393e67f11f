import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {Run} from './largeRun';
import type {Figure} from './ratio';

const run = promisify(execFile);

/** Weights of the single layer in the rows below, by the titles of the rows. */
const sizes = {'16 M': 2 ** 24, '64 M': 2 ** 26};

type Row = Omit<Run, 'backend' | 'size'> & {title: string; size: keyof typeof sizes};

const rows: readonly Row[] = [
  ...(['16 M', '64 M'] as const).flatMap((size) => [
    {title: 'prune, global()', task: 'prune' as const, recipe: 'global' as const, size},
    {title: 'prune, channel()', task: 'prune' as const, recipe: 'channel' as const, size},
  ]),
  ...(['uniform', 'erdosRenyi', 'threshold', 'again', 'block', 'nOfM'] as const).map((recipe) => ({
    title: `prune, ${recipe === 'again' ? 'masked before' : `${recipe}()`}`,
    task: 'prune' as const,
    recipe,
    size: '16 M' as const,
  })),
  ...(['strip', 'compact', 'sparsify', 'report'] as const).map((task) => ({
    title: task,
    task,
    recipe: 'global' as const,
    size: '16 M' as const,
  })),
];

const isShort = ({size, recipe}: Row) => size === '16 M' && recipe === 'global';

/**
 * What a large layer takes, a weight: processor time of all threads in nanoseconds, and the highest resident memory beyond that
 * of the model before, in bytes. A copy that is made counts as well. Each row has a process of its own, as memory that is
 * freed is not always given back. With few rounds some rows run, on layers of a 64th of the size.
 */
export async function large(rounds: number): Promise<Figure[]> {
  const isQuick = rounds < 300;
  const figures: Figure[] = [];
  for (const {title, size, ...row} of isQuick ? rows.filter(isShort) : rows) {
    for (const backend of ['cpu', 'wasm'] as const) {
      const given: Run = {...row, backend, size: sizes[size] / (isQuick ? 64 : 1)};
      const args = ['--expose-gc', '--import', 'tsx', join(import.meta.dirname, 'largeRun.ts')];
      const {stdout} = await run(process.execPath, [...args, JSON.stringify(given)]);
      const {nanoseconds, bytes} = JSON.parse(stdout.trim().split('\n').at(-1) as string);
      const where = `${title}, ${size} weights, ${backend}`;
      figures.push(
        {name: `large: 1 ns a weight, ${where}`, ratio: nanoseconds, goal: '<= 30'},
        {name: `large: 1 byte a weight, ${where}`, ratio: bytes, goal: '<= 16'},
      );
    }
  }
  return figures;
}
