import * as tf from '@tensorflow/tfjs';
import {channel, compact, cosine, element, encode, global, prune, report} from 'tfjs-pruning';
import {distillation, learningRate} from 'tfjs-pruning/callbacks';
import {toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';
import {type Part, photosOf} from './photos';

/** How a model that predicts classes is pruned and trained. */
export interface Plan {
  readonly pattern: 'elements' | 'channels';
  readonly sparsity: number;
  readonly rate: number;
  readonly photos: number;
  readonly epochs: number;
  readonly batchSize: number;
}

/** How well the outputs of a pruned model match those of the original, on photos that it was not trained on. */
export interface Match {
  /** The mean distance from the outputs of the original, relative to the mean distance of these from their mean. */
  readonly distance: number;
  /** The share of photos for which both models predict the same class. */
  readonly agreement: number;
}

export interface Recovery extends Plan {
  readonly name: string;
  readonly before: Match;
  readonly after: Match;
  /** The parameters that remain after `compact`, relative to those of the original. */
  readonly remaining: number;
  /** The size of the file, relative to that of all weights of the original as float32. */
  readonly file: number;
}

const TESTED = 96;

/** Prunes a graph model, and trains it to match the original on photos without labels. */
export async function recover(name: string, artifacts: tf.io.ModelArtifacts, plan: Plan): Promise<Recovery> {
  const {pattern, sparsity, rate, photos, epochs, batchSize} = plan;
  const teacher = await toLayersModel(artifacts);
  const model = await prunable(await toLayersModel(artifacts));
  const [x, test] = [await inputsOf(teacher, photos, 'train'), await inputsOf(teacher, TESTED, 'test')];
  await prune(model, sparsity, {
    pattern: pattern === 'channels' ? channel() : element(),
    allocation: global(),
  });
  const before = await match(teacher, model, test);
  model.compile({optimizer: tf.train.adam(rate), loss: 'categoricalCrossentropy'});
  // Targets have no effect where the teacher has the whole share of the loss.
  const y = tf.zeros([photos, ...(model.outputs[0].shape.slice(1) as number[])]);
  const sums = teacher.layers.filter((layer) => layer.getClassName() === 'Add');
  await model.fit(x, y, {
    ...{epochs, batchSize, verbose: 0},
    callbacks: [
      distillation({teacher, layers: sums.map((layer) => [layer.name, layer.name])}),
      learningRate({schedule: cosine({from: rate, to: rate / 100}), unit: 'batch'}),
    ],
  });
  const after = await match(teacher, model, test);
  const small = await compact(model);
  const remaining = small.countParams() / teacher.countParams();
  const file = (await encode(small)).length / 4 / teacher.countParams();
  return {name, ...plan, sparsity: report(model).total.sparsity, before, after, remaining, file};
}

/** Photos of the size of a model's input, gray if it has one channel. */
async function inputsOf(model: tf.LayersModel, count: number, part: Part): Promise<tf.Tensor> {
  const [, height, width, channels] = model.inputs[0].shape as [null, number, number, number];
  const photos = await photosOf(count, [height, width], part);
  return channels === 1 ? tf.mean(photos, -1, true) : photos;
}

async function match(teacher: tf.LayersModel, model: tf.LayersModel, x: tf.Tensor): Promise<Match> {
  const [expected, found] = [teacher, model].map((one) => one.predict(x, {batchSize: 8}) as tf.Tensor);
  const length = (difference: tf.Tensor) => tf.mean(tf.norm(difference, 2, -1));
  const spread = length(tf.sub(expected, tf.mean(expected, 0, true)));
  const [distance] = await tf.div(length(tf.sub(found, expected)), spread).data();
  const [agreement] = await tf.mean(tf.equal(tf.argMax(found, -1), tf.argMax(expected, -1))).data();
  return {distance, agreement};
}
