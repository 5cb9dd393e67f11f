// The main job: train a network on MNIST, prune it inside the same model.fit, and ship a plain model.
import {join, relative} from 'node:path';
import {clearLine, cursorTo} from 'node:readline';
import type * as tf from '@tensorflow/tfjs';
import {compact, report, sparsify, strip} from 'tfjs-pruning';
import {shuffled} from '../shuffled';
import {startBackend} from './backend';
import {folder} from './files';
import {INTERRUPTED} from './interrupt';
import {readExamples} from './mnist';
import {type Options, parseOptions} from './options';
import {comparison, speed} from './results';
import {shipInto} from './shipped';
import {clock, grouped, percent, wrapped} from './text';
import {type Interrupted, type Trained, train} from './train';

/** The run that shows most of the library that each recipe does not. */
const next: Record<Options['recipe'], string> = {
  gradual: 'demo -- --recipe deep-compression',
  'deep-compression': 'demo -- --recipe narrow-first',
  'narrow-first': 'demo -- --recipe within-budget',
  'within-budget': 'demo:web',
};

try {
  await main(parseOptions(process.argv));
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 1;
}

async function main(options: Options): Promise<void> {
  const {samples, data, out, seed} = options;
  const started = performance.now();
  await startBackend(options.backend);
  const examples = readExamples(data, 'train', (count) => shuffled(count, seed).slice(0, samples));
  const trained = await train(options, examples);
  if ('interrupted' in trained) {
    await saveInterrupted(join(out, 'interrupted'), trained);
    return;
  }

  const plain = await strip(trained.model);
  // After pruning channels, ship the network without them, which has the same outputs.
  const small = options.pattern.part.tie ? await compact(trained.model) : undefined;
  await (small ?? plain).save(folder(out));
  const shipped = await results(options, trained, {plain, small});
  const pruned = 1 - report(trained.model).total.kept / trained.before.total.size;
  const did = `Pruned ${Number((100 * pruned).toFixed(1))} % of ${options.model} in ${clock(performance.now() - started)}`;
  console.log(`\nShipped without TensorFlow.js: ${shipped}`);
  console.log(`${did}. Next: npm run ${next[options.recipe]}`);
}

/** Measures and ships a network, and prints the results. @returns the module's size and time in words. */
async function results(
  {data, out, backend, quantize}: Options,
  trained: Trained,
  {plain, small}: {plain: tf.LayersModel; small: tf.LayersModel | undefined},
): Promise<string> {
  const smallest = small ?? plain;
  const test = readExamples(data, 't10k');
  if (process.stdout.isTTY) process.stdout.write('Measuring …');
  const groups = await comparison({...trained, pruned: plain, small, bits: quantize}, test);
  const times = await speed(
    {dense: plain, 'compact()': small, 'sparsify()': await sparsify(smallest)},
    test,
    backend,
  );
  const module = await shipInto(join(out, 'ship'), smallest, test, quantize);
  if (process.stdout.isTTY) {
    cursorTo(process.stdout, 0);
    clearLine(process.stdout, 0);
  }
  console.log(`\n${grouped([...groups, times, module.group])}\n`);
  for (const {name, reason} of trained.skipped) console.log(wrapped(`${name} is unchanged: ${reason}`));
  const path = relative(process.cwd(), out);
  console.log(`Plain model   ${join(path, 'model.json')}`);
  console.log(`Module        ${join(path, 'ship', 'digits.js')}`);
  if (module.hasPage) console.log(`Draw digits   npx vite preview --outDir ${join(path, 'ship')}`);
  return module.summary;
}

/** Saves the network of an interrupted training, apart from the model of an earlier run. */
async function saveInterrupted(path: string, {network}: Interrupted): Promise<void> {
  process.exitCode = INTERRUPTED;
  if (network === undefined) {
    console.error('demo: interrupted before the training of the network, so nothing was saved');
    return;
  }
  const {sparsity} = report(network).total;
  await (await strip(network)).save(folder(path));
  const saved = relative(process.cwd(), join(path, 'model.json'));
  console.error(
    `demo: interrupted at a sparsity of ${percent(sparsity)}; saved the network so far as\n${saved}`,
  );
}
