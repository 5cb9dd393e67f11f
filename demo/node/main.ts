// The main job: train a network on MNIST, prune it inside the same model.fit, and ship a plain model.
import {join, relative} from 'node:path';
import {compact, report, sparsify, strip} from 'tfjs-pruning';
import {shuffled} from '../shuffled';
import {startBackend} from './backend';
import {folder} from './files';
import {INTERRUPTED} from './interrupt';
import {readExamples} from './mnist';
import {type Options, parseOptions} from './options';
import {percent} from './progress';
import {comparison, milliseconds} from './results';
import {shipInto} from './shipped';
import {type Interrupted, train} from './train';

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
  const test = readExamples(data, 't10k');
  const trained = await train(options, examples);
  if ('interrupted' in trained) {
    await saveInterrupted(join(out, 'interrupted'), trained);
    return;
  }

  const {model, skipped} = trained;
  const pruned = await strip(model);
  // After pruning channels, ship the network without them, which has the same outputs.
  const small = options.pattern.part.tie ? await compact(model) : undefined;
  const shipped = small ?? pruned;
  await shipped.save(folder(out));
  console.log(await comparison({...trained, pruned, small, bits: options.quantize}, test));
  for (const {name, reason} of skipped) {
    console.log(`${name} is unchanged: ${reason}`);
  }
  const times = await milliseconds({dense: pruned, compact: small, sparse: await sparsify(shipped)}, test);
  console.log(`1,000 images take ${times.map(([how, time]) => `${time.toFixed(0)} ms ${how}`).join(', ')}`);
  const module = await shipInto(join(out, 'ship'), shipped, test, options.quantize);
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `Saved ${relative(process.cwd(), join(out, 'model.json'))}, which plain tfjs loads, after ${seconds} s`,
  );
  console.log(module);
}

/** Saves a network as it was when the user interrupted its training, apart from the model of an earlier run. */
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
    `demo: interrupted at a sparsity of ${percent(sparsity)}; saved the network so far as ${saved}`,
  );
}
