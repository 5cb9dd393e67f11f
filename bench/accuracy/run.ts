import * as tf from '@tensorflow/tfjs';
import {channel, compact, cosine, exponential, fisher, global, linear, report} from 'tfjs-pruning';
import {gates, learningRate, type Pruning, pruning, quantization} from 'tfjs-pruning/callbacks';
import type {Examples} from '../../demo/node/mnist';
import {accuracyOn} from './data';
import type {Recipe, Stage} from './recipes';

const BATCH = 128;

/** The result of a recipe on a network. */
export interface Outcome {
  readonly model: tf.LayersModel;
  /** The accuracy on validation images before the first pruning, and after each stage, in percent. */
  readonly before: number;
  readonly stages: number[];
}

/** Trains and prunes a network by the stages of a recipe. @param soft The outputs of the teacher. */
export async function runStages(
  start: tf.LayersModel,
  recipe: Recipe,
  training: Examples,
  validation: Examples,
  soft?: tf.Tensor2D,
): Promise<Outcome> {
  let model = start;
  let before = Number.NaN;
  const stages: number[] = [];
  for (const stage of recipe.stages) {
    if (stage.compact) {
      const wide = model;
      model = await compact(wide, {masks: true});
      wide.dispose();
    }
    const measured = await runStage(model, stage, recipe, training, soft, () =>
      accuracyOn(model, validation),
    );
    if (Number.isNaN(before)) before = measured;
    stages.push(accuracyOn(model, validation));
    console.error(`${recipe.net}: ${stages.at(-1)?.toFixed(2)} % after ${stage.epochs} epochs`);
  }
  return {model, before, stages};
}

/** One fit. @returns The accuracy before the first pruning, NaN if the stage does not prune. */
async function runStage(
  model: tf.LayersModel,
  stage: Stage,
  {temperature}: Recipe,
  {x, y}: Examples,
  soft: tf.Tensor2D | undefined,
  measure: () => number,
): Promise<number> {
  const {epochs, rate, prune, gates: learned, hold, bits} = stage;
  const optimizer = tf.train.adam(rate);
  model.compile({optimizer, loss: soft ? distilled(temperature) : 'categoricalCrossentropy'});
  const steps = epochs * Math.ceil(x.shape[0] / BATCH);
  const at = (share: number) => Math.round(share * (steps - 1));
  const falling = learningRate({
    schedule: cosine({from: rate, to: rate / 100}),
    unit: 'batch',
    // By default when pruning has ended.
    ...(hold === undefined ? {} : {begin: at(hold)}),
  });
  let before = Number.NaN;
  let step = 0;
  const clock = new tf.CustomCallback({
    onBatchBegin: async () => {
      if (prune && step++ === at(prune.begin)) before = measure();
    },
  });
  const callbacks = [
    clock,
    falling,
    ...(prune ? [prunerOf(prune, report(model).total.sparsity, at(prune.begin), at(prune.end))] : []),
    ...(learned
      ? [
          gates({
            strength: linear({to: learned.strength}),
            begin: 0,
            end: Math.round(learned.end * epochs) - 1,
          }),
        ]
      : []),
    ...(bits === undefined ? [] : [quantization({bits, begin: 0})]),
  ];
  await model.fit(x, soft ?? y, {epochs, batchSize: BATCH, verbose: 0, callbacks});
  optimizer.dispose();
  return before;
}

function prunerOf(prune: NonNullable<Stage['prune']>, from: number, begin: number, end: number): Pruning {
  const common = {
    importance: fisher(),
    unit: 'batch',
    begin,
    end,
    every: prune.every,
  } as const;
  return 'channels' in prune
    ? pruning({...common, schedule: exponential({from, to: prune.channels}), pattern: channel()})
    : pruning({...common, schedule: exponential({from, to: {keep: prune.keep}}), allocation: global()});
}

/**
 * The loss of `distillation()` between outputs of softmax layers. As the images do not vary, the teacher's outputs are computed
 * once, and stand for the labels.
 */
export function distilled(temperature: number) {
  const logits = (probabilities: tf.Tensor) => tf.div(tf.log(tf.maximum(probabilities, 1e-7)), temperature);
  return (taught: tf.Tensor, predicted: tf.Tensor): tf.Scalar => {
    const perExample = tf.sum(tf.mul(tf.softmax(logits(taught)), tf.logSoftmax(logits(predicted))), -1);
    return tf.mul(-(temperature ** 2), tf.mean(perExample)) as tf.Scalar;
  };
}
