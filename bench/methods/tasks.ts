import * as tf from '@tensorflow/tfjs';
import type {Examples} from '../../demo/node/mnist';
import {authorsOf, type Sentence, sentences, sequences, vocabularyOf} from '../../test/support/sentences';
import {type Images, outputsFor, readSplit, readTest} from '../accuracy/data';
import {networks as others} from '../accuracy/networks';
import {teacherFor} from '../accuracy/teacher';
import {lstm, resNet20, separable} from './networks';

/** A network and its data. */
export interface Task {
  readonly build: (shape: number[], classes: number, seed: number) => tf.LayersModel;
  readonly data: Images | 'sentences';
  readonly settings: Settings;
}

/** How a network is trained, part of each recipe. */
export interface Settings {
  /** The number of training examples. */
  readonly examples: number;
  /** Epochs of the dense network, and of each run that begins with it. */
  readonly denseEpochs: number;
  readonly epochs: number;
  readonly batch: number;
  /** The learning rate of Adam, held for half of the steps, then along a cosine to 1 %. */
  readonly rate: number;
  /** The factor of the penalty, for methods that have one. */
  readonly strength: number;
}

const images = {rate: 1e-3, strength: 1e-4};

/** The tasks by the name of the network. A run takes seconds to about a minute on one core. */
export const tasks = {
  conv: {
    build: others.conv,
    data: 'mnist',
    settings: {...images, examples: 10000, batch: 128, denseEpochs: 8, epochs: 5},
  },
  'lenet-300-100': {
    build: others.mlp,
    data: 'mnist',
    settings: {...images, examples: 20000, batch: 128, denseEpochs: 6, epochs: 4},
  },
  lstm: {
    build: lstm,
    data: 'sentences',
    settings: {examples: 2000, batch: 100, rate: 0.02, strength: 1e-4, denseEpochs: 6, epochs: 6},
  },
  'lenet-5-caffe': {
    build: others.caffe,
    data: 'mnist',
    settings: {...images, examples: 10000, batch: 64, denseEpochs: 4, epochs: 2},
  },
  separable: {
    build: separable,
    data: 'fashion',
    settings: {...images, examples: 10000, batch: 64, denseEpochs: 8, epochs: 3},
  },
  'resnet-20': {
    build: resNet20,
    data: 'fashion',
    settings: {...images, examples: 10000, batch: 64, denseEpochs: 6, epochs: 2},
  },
} as const satisfies Record<string, Task>;

export type TaskName = keyof typeof tasks;

/** The examples of a task. */
export interface Data {
  readonly training: Examples;
  readonly validation: Examples;
  readonly test: Examples;
}

/** Validation images that are used, to save time. */
const VALIDATION = 2000;

/** @param most The largest number of examples of each part; all by default. */
export function readData({data, settings}: Task, most = Number.POSITIVE_INFINITY): Data {
  const {training, validation, test} =
    data === 'sentences' ? readSentences() : {...readSplit(data, settings.examples), test: readTest(data)};
  const first = (part: Examples, limit: number): Examples => {
    const count = Math.min(part.x.shape[0], limit);
    const some = {x: part.x.slice(0, count), y: part.y.slice(0, count)};
    tf.dispose([part.x, part.y]);
    return some;
  };
  return {
    training: first(training, most),
    validation: first(validation, Math.min(most, VALIDATION)),
    test: first(test, most),
  };
}

function readSentences(): Data {
  const {train, validation, test} = sentences();
  const vocabulary = vocabularyOf(train, 4000);
  const examples = (given: readonly Sentence[]): Examples => ({
    // The functions on examples take tensors of any rank.
    x: sequences(given, vocabulary, 20) as tf.Tensor as tf.Tensor4D,
    y: tf.tidy(() => {
      const labels = authorsOf(given);
      return tf.concat([tf.sub(1, labels), labels], 1) as tf.Tensor2D;
    }),
  });
  return {training: examples(train), validation: examples(validation), test: examples(test)};
}

/** A teacher's outputs for the training examples: those of a larger network for images, those of the dense network for sentences. */
export async function taught(
  {data}: Task,
  {training, validation}: Data,
  dense: tf.LayersModel,
  {out, quick}: {out: string; quick: boolean},
): Promise<tf.Tensor2D> {
  if (data === 'sentences') return outputsFor(dense, training);
  const teacher = await teacherFor(data, out, {training, validation}, quick);
  const outputs = outputsFor(teacher, training);
  teacher.dispose();
  return outputs;
}
