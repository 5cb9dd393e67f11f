// The accuracy of methods at high sparsity: one JSON line per run.
import {appendFileSync, existsSync, mkdirSync} from 'node:fs';
import {readFile, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import type * as tf from '@tensorflow/tfjs';
import {Command, Option} from 'commander';
import {compact, decode, encode, report, type Values} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {type Backend, backends, startBackend} from '../demo/node/backend';
import type {Examples} from '../demo/node/mnist';
import {
  accuracyOn,
  outputsFor,
  readSplit,
  readTest,
  type Split,
  VALIDATION,
  withShifted,
} from './accuracy/data';
import {networks} from './accuracy/networks';
import {type Recipe, recipes} from './accuracy/recipes';
import {runStages} from './accuracy/run';
import {seeded} from './accuracy/seeded';
import {teacherFor} from './accuracy/teacher';

const out = join(dirname(fileURLToPath(import.meta.url)), 'out');

/** The precisions of the files. */
const precisions: Readonly<Record<string, Values | (() => Values)>> = {
  float32: 'float32',
  int8: 'int8',
  bits5: {bits: 5},
  bits4: {bits: 4},
  // Biases too.
  allBits5: () => ({bits: 5}),
  allBits4: () => ({bits: 4}),
};

interface Options {
  recipe: string;
  seed: number;
  backend: Backend;
  out: string;
  /** Measures on the test images; decide on the recipe first. */
  test: boolean;
  quick: boolean;
}

const options = new Command('npm run bench:accuracy --')
  .description(
    'Trains and prunes a network by a recipe, and prints and appends the result as a line of JSON.',
  )
  .addOption(
    new Option('--recipe <name>', 'see bench/accuracy/recipes.ts')
      .choices(Object.keys(recipes))
      .makeOptionMandatory(),
  )
  .option('--seed <number>', 'of the weights and the order of the images', Number, 1)
  .addOption(new Option('--backend <name>', 'backend to train on').choices(backends).default('wasm'))
  .option('--out <folder>', 'folder of the results and teachers', (folder) => resolve(folder), out)
  .option('--test', 'measure on the test images, once, after all decisions', false)
  .option('--quick', 'one epoch per stage on a few images, to test the program itself', false)
  .parse()
  .opts<Options>();

try {
  await main(options);
} catch (error) {
  console.error(`accuracy: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** Trains unless the model was kept by an earlier run, and measures the kept model. */
async function main({recipe: name, seed, backend, out, test, quick}: Options): Promise<void> {
  await startBackend(backend);
  mkdirSync(out, {recursive: true});
  const recipe = quick ? shortened(recipes[name]) : recipes[name];
  const place = (of: string) => join(out, `${of}-${seed}${quick ? '-quick' : ''}.sparse`);
  const note = (row: object) => {
    const line = JSON.stringify({name, seed, ...row});
    console.log(line);
    if (!quick) appendFileSync(join(out, 'accuracy.jsonl'), `${line}\n`);
  };
  if (!existsSync(place(name))) {
    const {training: examples, validation} = readSplit(recipe.images, quick ? 6400 : undefined);
    const split = {training: recipe.shifted ? withShifted(examples) : examples, validation};
    const teacher = recipe.teacher ? await teacherFor(recipe.images, out, split, quick) : undefined;
    const start = recipe.from === undefined ? undefined : await readFile(place(recipe.from));
    const {bytes, ...row} = await trained(recipe, seed, split, {teacher, start});
    await writeFile(place(name), bytes);
    note({backend, ...recipe, ...row});
  }
  if (test) note({test: await measured(await readFile(place(name)), readTest(recipe.images))});
}

/** One epoch per stage. */
function shortened(recipe: Recipe): Recipe {
  return {...recipe, stages: recipe.stages.map((stage) => ({...stage, epochs: 1}))};
}

/** The bytes of the trained and pruned model, and its figures on validation images. */
async function trained(
  recipe: Recipe,
  seed: number,
  {training, validation}: Split,
  {teacher, start}: {teacher?: tf.LayersModel; start?: Uint8Array},
) {
  const started = performance.now();
  // fit shuffles by Math.random.
  Math.random = seeded(seed);
  const shape = training.x.shape.slice(1);
  const network = start
    ? await prunable(await decode(start), {zeros: 'mask'})
    : networks[recipe.net](shape, training.y.shape[1], seed);
  const soft = teacher && outputsFor(teacher, training);
  const {model, before, stages} = await runStages(network, recipe, training, validation, soft);
  const {weights, total} = report(model);
  const bytes = await encode(await compact(model));
  return {
    bytes,
    split: {training: training.x.shape[0], validation: VALIDATION},
    before,
    after: stages,
    kept: total.kept,
    layers: weights.map(({shape, kept}) => ({shape, kept})),
    validation: await measured(bytes, validation),
    minutes: Math.round((performance.now() - started) / 6000) / 10,
  };
}

/** The accuracy of a model, and the bytes of its files and their accuracies after decoding. */
async function measured(bytes: Uint8Array, examples: Examples) {
  const model = await decode(bytes);
  const files: Record<string, {bytes: number; accuracy: number}> = {};
  for (const [precision, values] of Object.entries(precisions)) {
    const file = await encode(model, {values});
    files[precision] = {bytes: file.length, accuracy: accuracyOn(await decode(file), examples)};
  }
  return {accuracy: accuracyOn(model, examples), files};
}
