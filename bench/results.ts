// docs/results.md and its pictures, made from the lines in bench/results, and the tables of docs/graph-models.md.
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Command} from 'commander';
import type {Recovery} from './graphModels/recovery';
import {recoveryFile, withRecovery} from './graphModels/recoveryTable';
import {type Result, resultsFile, withModels} from './graphModels/table';
import {readLines} from './methods/line';
import type {Time} from './methods/times';
import type {AccuracyLine} from './page/highSparsity';
import {resultsPage} from './page/page';
import type {PeerLine} from './page/peers';

const folder = join(import.meta.dirname, 'results');
const docs = join(import.meta.dirname, '../docs');

const readJson = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));

const {check} = new Command('npm run results --')
  .description(
    'Writes docs/results.md, its pictures and the tables of docs/graph-models.md from the results of benchmarks.',
  )
  .option('--check', 'write nothing, and fail if a file differs', false)
  .parse()
  .opts<{check: boolean}>();

const made = resultsPage({
  methods: readLines(join(folder, 'methods.jsonl')),
  times: readLines<Time>(join(folder, 'times.jsonl')),
  accuracy: readLines<AccuracyLine>(join(folder, 'accuracy.jsonl')),
  peers: readLines<PeerLine>(join(folder, 'peers.jsonl')),
  notes: readFileSync(join(folder, 'notes.md'), 'utf8'),
});
const graphModels: Result[] = readJson(resultsFile);
const recoveries: Recovery[] = readJson(recoveryFile);
const guide = 'graph-models.md';
made[guide] = withRecovery(withModels(readFileSync(join(docs, guide), 'utf8'), graphModels), recoveries);
for (const [name, text] of Object.entries(made)) {
  const path = join(docs, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    console.error(`results: docs/${name} is not made from the results of benchmarks; run npm run results`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, text);
    console.error(`results: wrote docs/${name}`);
  }
}
