// The costs and gains of the library, as ratios measured in one run.
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {table} from '../src/util/table';
import {distilling, maskLearning} from './callbacks';
import {compacting} from './compact';
import {large} from './large';
import {mobileNet} from './mobileNet';
import {optimizers} from './optimizers';
import {peers} from './peers';
import {quantizing} from './quantization';
import type {Figure} from './ratio';
import {runtime} from './runtime';
import {selection} from './selection';
import {shipping} from './shipping';
import {evenlyMatched, products, wholeNetworks} from './sparse';
import {graphModels, layers, unmarked} from './sparseModels';
import {sparseTraining} from './sparseTraining';
import {storage} from './storage';
import {threads} from './threads';
import {training} from './training';

/** The parts that `--only` selects. */
const parts: Record<string, (rounds: number) => Figure[] | Promise<Figure[]>> = {
  selection,
  large,
  storage,
  training,
  quantizing,
  distilling,
  maskLearning,
  optimizers,
  sparseTraining,
  peers,
  compacting,
  products,
  evenlyMatched,
  wholeNetworks,
  layers,
  mobileNet,
  graphModels,
  unmarked,
  threads,
  shipping,
  runtime,
};

const HELP = `npm run bench -- [options]
  --json   print one {"name", "ratio", "goal"} per line instead of a table
  --quick  run a tenth of the rounds, to test the benchmark itself
  --only   run some parts, separated by commas: ${Object.keys(parts).join(', ')}
  --help   print this text`;

const {values} = parseArgs({
  options: {
    json: {type: 'boolean'},
    quick: {type: 'boolean'},
    only: {type: 'string'},
    help: {type: 'boolean'},
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(wasm), '/'));
  await tf.setBackend('wasm');

  const rounds = values.quick ? 30 : 300;
  const only = values.only?.split(',') ?? Object.keys(parts);
  const figures = [];
  for (const part of only) {
    if (!(part in parts)) throw new Error(`bench: there is no part '${part}'; the parts are in --help`);
    figures.push(...(await parts[part](rounds)));
  }
  console.log(
    values.json
      ? figures.map((figure) => JSON.stringify(figure)).join('\n')
      : table([
          ['', 'ratio', 'goal'],
          ...figures.map(({name, ratio, goal}) => [name, ratio.toFixed(3), goal]),
        ]),
  );
}
