import * as tf from '@tensorflow/tfjs';
import {prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../demo/networks';
import {caffeLeNet5, resNet20} from './networks';
import {type Figure, ratio} from './ratio';
import {compiled, examples} from './step';

const BATCH = 64;

interface Case {
  name: string;
  make: () => Promise<tf.LayersModel>;
  /** The share of the rounds that are run, as steps of large networks take long. */
  share: number;
  /** By sparsity, in every prunable weight. */
  goals: Record<number, number>;
}

const lenet300 = async () => networks.mlp([28, 28, 1], 10, 1);

const cases: Case[] = [
  {
    name: 'LeNet-300-100',
    make: lenet300,
    share: 1,
    goals: {0: 1.03, 0.1: 1.03, 0.2: 1.03, 0.3: 1.03, 0.6: 1.03, 0.9: 0.55, 0.98: 0.35},
  },
  {
    name: 'LeNet-5 of Caffe',
    make: () => prunable(caffeLeNet5()),
    share: 1 / 5,
    goals: {0: 1.03, 0.3: 1.03, 0.6: 1.03, 0.9: 0.35, 0.99: 0.2},
  },
  {
    name: 'ResNet-20',
    make: () => prunable(resNet20()),
    share: 1 / 30,
    goals: {0: 1.03, 0.6: 1.03, 0.9: 0.7},
  },
];

/** Training steps of masked networks over those of the same networks without masks, with the same optimizer kernels. */
export async function sparseTraining(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const disable = enableTraining();
  for (const {name, make, share, goals} of cases) {
    for (const [sparsity, goal] of Object.entries(goals)) {
      figures.push({
        name: `training on wasm: masked step / plain step, ${Number(sparsity) * 100} %, ${name}`,
        ratio: await maskedOverPlain(make, Number(sparsity), Math.ceil(rounds * share)),
        goal: `<= ${goal}`,
      });
    }
  }
  disable();
  return [...figures, await stockOverMasked(Math.ceil(rounds / 10))];
}

async function maskedOverPlain(make: Case['make'], sparsity: number, rounds: number): Promise<number> {
  const masked = compiled(await make());
  if (sparsity > 0) await prune(masked, sparsity);
  const plain = await strip(masked);
  const {x, y} = examples(BATCH, masked.inputs[0].shape.slice(1) as number[]);
  const result = await ratio(
    () => masked.trainOnBatch(x, y),
    () => plain.trainOnBatch(x, y),
    rounds,
  );
  tf.dispose([x, y]);
  masked.dispose();
  plain.dispose();
  return result;
}

async function stockOverMasked(rounds: number): Promise<Figure> {
  const masked = compiled(await lenet300());
  await prune(masked, 0.9);
  const plain = await strip(masked);
  const {x, y} = examples(4 * BATCH);
  const epoch = (model: tf.LayersModel) => model.fit(x, y, {batchSize: BATCH, verbose: 0});
  const figure = {
    name: 'training on wasm: fit without enableTraining / masked with it, 90 %, LeNet-300-100',
    ratio: await ratio(
      () => epoch(plain),
      async () => {
        const disable = enableTraining();
        await epoch(masked);
        disable();
      },
      rounds,
    ),
    goal: '>= 9',
  };
  tf.dispose([x, y]);
  masked.dispose();
  plain.dispose();
  return figure;
}
