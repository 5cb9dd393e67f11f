import * as tf from '@tensorflow/tfjs';
import {addDistillation, constant, global, gradient, prune} from 'tfjs-pruning';
import {gates, pruning, regrowth} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {networks} from '../demo/networks';
import {type Figure, ratio} from './ratio';
import {compiled, examples} from './step';

const BATCH = 64;
const STEPS = 64;

type Name = keyof typeof networks;

const made = (name: Name) => compiled(networks[name]([28, 28, 1], 10, 1));

/** The overhead of `distillation` in a training step on WASM, besides the forward pass of the teacher of the demo. */
export async function distilling(rounds: number): Promise<Figure[]> {
  const disable = enableTraining();
  const {x, y} = examples(BATCH);
  const figures = [];
  const students: [name: Name, title: string][] = [
    ['mlp', 'LeNet-300-100'],
    ['conv', 'the network of the demo'],
  ];
  for (const [name, title] of students) {
    const [taught, other, teacher] = [made(name), made(name), made('lenet5')];
    const end = addDistillation(taught, {teacher});
    const step = () => other.trainOnBatch(x, y);
    const forward = () => tf.dispose(teacher.predictOnBatch(x));
    const steps = Math.ceil(rounds / 2);
    const overBoth = await ratio(
      () => taught.trainOnBatch(x, y),
      async () => {
        await step();
        forward();
      },
      steps,
    );
    const teaching = await ratio(forward, step, steps);
    figures.push({
      name: `training on wasm: step with distillation, less the teacher's forward pass / step, ${title}`,
      ratio: overBoth * (1 + teaching) - teaching,
      goal: '<= 1.1',
    });
    end();
    for (const model of [taught, other, teacher]) model.dispose();
  }
  tf.dispose([x, y]);
  disable();
  return figures;
}

/** Callbacks that change masks, of LeNet-300-100 at 90 %. */
const methods: [title: string, goal: string, make: () => tf.Callback][] = [
  ['gates', '<= 4', () => gates({strength: 0, begin: 0, end: 0})],
  ['regrowth every 100 batches', '<= 1.1', () => regrowth({by: gradient(), begin: 1, every: 100, end: 2})],
  [
    'splicing',
    '<= 2.5',
    () => pruning({schedule: constant(0.9), allocation: global(), begin: 0, end: 0, splice: {}}),
  ],
];

/** The overhead of methods that look at pruned weights, beside masked steps on WASM, in an epoch of 64 batches. */
export async function maskLearning(rounds: number): Promise<Figure[]> {
  const disable = enableTraining();
  const {x, y} = examples(BATCH * STEPS);
  const figures = [];
  for (const [title, goal, make] of methods) {
    const [learning, other] = [made('mlp'), made('mlp')];
    for (const model of [learning, other]) await prune(model, 0.9, {allocation: global()});
    const epoch = (model: tf.LayersModel, callbacks: tf.Callback[]) =>
      model.fit(x, y, {batchSize: BATCH, epochs: 1, verbose: 0, shuffle: false, callbacks});
    figures.push({
      name: `training on wasm: epoch with ${title} / masked epoch, LeNet-300-100 at 90 %`,
      ratio: await ratio(
        () => epoch(learning, [make()]),
        () => epoch(other, []),
        Math.ceil(rounds / STEPS),
      ),
      goal,
    });
    learning.dispose();
    other.dispose();
  }
  tf.dispose([x, y]);
  disable();
  return figures;
}
