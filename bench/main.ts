// The costs and gains of the library, as ratios measured in one run.
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import * as tf from '@tensorflow/tfjs';
import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
import {table} from '../src/util/table';
import {compacting} from './compact';
import {large} from './large';
import {optimizers} from './optimizers';
import {selection} from './selection';
import {sparse} from './sparse';
import {sparseModels} from './sparseModels';
import {sparseTraining} from './sparseTraining';
import {storage} from './storage';
import {training} from './training';

const HELP = `npm run bench -- [options]
  --json   print one {"name", "ratio", "goal"} per line instead of a table
  --quick  run a tenth of the rounds, to test the benchmark itself
  --help   print this text`;

const {values} = parseArgs({
  options: {json: {type: 'boolean'}, quick: {type: 'boolean'}, help: {type: 'boolean'}},
});
if (values.help) {
  console.log(HELP);
} else {
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(wasm), '/'));
  await tf.setBackend('wasm');

  const rounds = values.quick ? 30 : 300;
  const figures = [
    ...(await selection(rounds)),
    ...(await large(rounds)),
    ...(await storage(rounds)),
    ...(await training(rounds)),
    ...(await optimizers(rounds)),
    ...(await sparseTraining(rounds)),
    ...(await compacting(rounds)),
    ...(await sparse(rounds)),
    ...(await sparseModels(rounds)),
  ];
  console.log(
    values.json
      ? figures.map((figure) => JSON.stringify(figure)).join('\n')
      : table([
          ['', 'ratio', 'goal'],
          ...figures.map(({name, ratio, goal}) => [name, ratio.toFixed(3), goal]),
        ]),
  );
}
