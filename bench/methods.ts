// Networks pruned by each method: one JSON line per run, appended to bench/results/methods.jsonl.
import {appendFileSync, mkdirSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {Command} from 'commander';
import {startBackend} from '../demo/node/backend';
import {grid} from './methods/grid';
import {readLines} from './methods/line';
import {Runner} from './methods/run';
import {timeOf} from './methods/times';

const here = import.meta.dirname;
const TIMES = join(here, 'results/times.jsonl');
const ROUNDS = 30;
const RESULTS = join(here, 'results/methods.jsonl');

interface Options {
  only: RegExp;
  out: string;
  results: string;
  quick: boolean;
  list: boolean;
  times: boolean;
}

const options = new Command('npm run bench:methods --')
  .description(
    'Prunes networks by each method, and appends a line of JSON per run. Runs whose lines exist are skipped, so that it ' +
      'may be stopped at any time and started again.',
  )
  .option(
    '--only <pattern>',
    'a regular expression of network/method/sparsity/seed',
    (text) => new RegExp(text),
    /^/,
  )
  .option('--out <folder>', 'folder of the networks', resolved, join(here, 'out/methods'))
  .option('--results <file>', 'file of the lines', resolved, RESULTS)
  .option('--quick', 'two epochs on a few examples, to test the program itself', false)
  .option('--list', 'print the runs that are left instead', false)
  .option('--times', 'measure predictions of networks of earlier runs instead; use an idle machine', false)
  .parse()
  .opts<Options>();

try {
  await main(options);
} catch (error) {
  console.error(`methods: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main({only, out, results, quick, list, times}: Options): Promise<void> {
  if (quick && results === RESULTS) {
    throw new Error('--quick tests the program, not the methods; give another file with --results');
  }
  if (times) return measureTimes(only, out);
  const runner = new Runner(out, 'wasm', quick);
  // A line of another recipe is of another run, whatever its name.
  const key = (id: string, recipe: object) => JSON.stringify([id, recipe]);
  const made = new Set(readLines(results).map(({id, recipe}) => key(id, recipe)));
  const left = grid().filter((cell) => only.test(cell.id) && !made.has(key(cell.id, runner.recipeOf(cell))));
  if (list) {
    for (const {id} of left) console.log(id);
    return;
  }
  await startBackend('wasm');
  mkdirSync(dirname(results), {recursive: true});
  for (const [i, cell] of left.entries()) {
    const line = await runner.run(cell);
    appendFileSync(results, `${JSON.stringify(line)}\n`);
    const {accuracy, kept, size, seconds} = line;
    console.error(
      `${i + 1}/${left.length} ${cell.id}: ${accuracy.after.test.toFixed(2)} % with ${kept} of ${size}, ${seconds} s`,
    );
  }
}

/** Networks of the first seed whose methods differ in the pattern of their zeros. */
async function measureTimes(only: RegExp, out: string): Promise<void> {
  await startBackend('wasm');
  const telling = ['fisher', 'global', 'lamp', 'magnitude', 'channels: norm'];
  for (const cell of grid()) {
    if (cell.seed !== 1 || !telling.includes(cell.method) || !only.test(cell.id)) continue;
    const time = await timeOf(cell, out, ROUNDS);
    if (time === undefined) continue;
    const line = JSON.stringify(time, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(4)) : value,
    );
    appendFileSync(TIMES, `${line}\n`);
    console.error(line);
  }
}

function resolved(path: string): string {
  return resolve(path);
}
