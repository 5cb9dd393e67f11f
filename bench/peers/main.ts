// Networks pruned by this library and by others, from equal weights on equal batches: one JSON line per result.
import {appendFileSync, mkdirSync, readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {Command} from 'commander';
import {startBackend} from '../../demo/node/backend';
import {readLines} from '../methods/line';
import {Comparison} from './compare';
import {Peer, type PeerName, withoutPeer} from './peer';
import {networkNames} from './settings';

const root = join(import.meta.dirname, '../..');
const kinds = ['masks', 'time', 'accuracy'] as const;
const list = (text: string) => text.split(',');

const {only, networks, seeds, results, quick} = new Command('npm run bench:peers --')
  .description(
    'Compares this library with tfmot, PyTorch and Torch-Pruning, and appends a line of JSON per result. Results whose lines ' +
      'exist are skipped, so that it may be stopped at any time and started again.',
  )
  .option('--only <kinds>', `some of ${kinds.join(', ')}, separated by commas`, list, [...kinds])
  .option(
    '--seeds <numbers>',
    'of weights and batches, separated by commas',
    (text) => list(text).map(Number),
    [1, 2, 3],
  )
  .option('--networks <names>', `some of ${networkNames.join(', ')}`, list, [...networkNames])
  .option(
    '--results <file>',
    'file of the lines',
    (path) => resolve(path),
    join(root, 'bench/results/peers.jsonl'),
  )
  .option('--quick', 'a few images and rounds, to test the program itself; prints the lines only', false)
  .parse()
  .opts<{only: string[]; networks: string[]; seeds: number[]; results: string; quick: boolean}>();

try {
  await main();
} catch (error) {
  console.error(`peers: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  for (const [option, given, known] of [
    ['--only', only, kinds],
    ['--networks', networks, networkNames],
  ] as const) {
    const unknown = given.find((name) => !(known as readonly string[]).includes(name));
    if (unknown !== undefined) throw new Error(`${option} takes ${known.join(', ')}, got ${unknown}`);
  }
  const names: PeerName[] = ['tfmot', 'torch'];
  const missing = names.map((name) => withoutPeer(root, name)).filter((text) => text !== undefined);
  if (missing.length > 0) throw new Error(`this machine is without ${missing.join(', and without ')}`);
  await startBackend('wasm');
  mkdirSync(dirname(results), {recursive: true});
  const lines = quick ? [] : readLines<Record<string, unknown>>(results);
  const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const peers = {tfmot: new Peer(root, 'tfmot'), torch: new Peer(root, 'torch')};
  try {
    const comparison = await Comparison.of({
      peers,
      version,
      networks,
      quick,
      has: (settings) =>
        lines.some((line) =>
          Object.entries(settings).every(
            ([key, value]) => JSON.stringify(line[key]) === JSON.stringify(value),
          ),
        ),
      write: (line) => {
        const text = JSON.stringify(line, shortened);
        console.log(text);
        if (!quick) appendFileSync(results, `${text}\n`);
      },
    });
    if (only.includes('masks')) await comparison.masks();
    if (only.includes('time')) await comparison.times();
    if (only.includes('accuracy')) await comparison.accuracies(seeds);
  } finally {
    for (const peer of Object.values(peers)) await peer.close();
  }
}

/** Numbers with six digits. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}
