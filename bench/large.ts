import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import type {Run} from './largeRun';
import type {Figure} from './ratio';

const run = promisify(execFile);

/** The number of weights of the single layer in the rows below, by title. */
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
 * The cost of a large layer per weight: processor time of all threads in nanoseconds, and peak resident memory beyond the
 * original model in bytes, including any copy. Each row runs in its own process, as freed memory is not always returned to
 * the system. With few rounds only some rows run, on layers of a 64th of the size.
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
        {name: `large: time / 1 ns per weight, ${where}`, ratio: nanoseconds, goal: '<= 30'},
        {name: `large: memory / 1 byte per weight, ${where}`, ratio: bytes, goal: '<= 16'},
      );
    }
  }
  return figures;
}
