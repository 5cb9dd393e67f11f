// Converts published graph models, and trains, prunes, compacts, encodes, saves and ships them. `npm run results` makes the table of
// docs/graph-models.md from the results.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {Command, Option} from 'commander';
import {type Backend, backends} from '../demo/node/backend';
import {readArtifacts} from './graphModels/load';
import {measure} from './graphModels/measure';
import {models, type Published} from './graphModels/models';
import {fileOf, packagesFolder} from './graphModels/packages';
import {type Result, resultsFile} from './graphModels/table';

const {
  models: folder,
  only,
  on,
} = new Command('npm run bench:graph --')
  .description('Converts published graph models, and writes the results to bench/graphModels/results.json.')
  .option(
    '--models <folder>',
    'where the packages with the models are, or will be',
    (path) => resolve(path),
    packagesFolder,
  )
  .option('--only <names...>', 'some of the models')
  .addOption(
    new Option('--on <backend>', 'the backend that compares the outputs with those of the graph model')
      .choices(backends)
      .default('cpu'),
  )
  .parse()
  .opts<{models: string; only?: string[]; on: Backend}>();

const chosen = models.filter(({name}) => only === undefined || only.includes(name));
const results: Result[] = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : [];
for (const model of chosen) {
  const result = await resultOf(model);
  console.log(JSON.stringify(result));
  const all = models.flatMap(({name}) =>
    name === model.name ? result : (results.find((one) => one.name === name) ?? []),
  );
  results.splice(0, results.length, ...all);
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 1)}\n`);
  tf.disposeVariables();
}

async function resultOf(model: Published): Promise<Result> {
  const {name, from, options} = model;
  const artifacts = await readArtifacts(fileOf(model, folder));
  const types = new Set(artifacts.weightSpecs?.map(({quantization, dtype}) => quantization?.dtype ?? dtype));
  const values = ['uint8', 'uint16', 'float16'].find((type) => types.has(type as 'float32')) ?? 'float32';
  try {
    return {name, from, values, ...(await measure(artifacts, options, on))};
  } catch (cause) {
    return {name, from, values, failure: (cause as Error).message};
  }
}
