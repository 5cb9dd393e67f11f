import type {Tensor} from '@tensorflow/tfjs-core';
import {LayersModel} from '@tensorflow/tfjs-layers';
import {mend} from '../util/mend';

/** A training step: gets the inputs, targets and class weights of a batch; returns the loss and the metrics. */
export type TrainStep = (batch: Tensor[]) => Tensor[];

type Wrap = (step: TrainStep) => TrainStep;

/** On the model, so that a second copy of this module finds it. */
const WRAPS = Symbol.for('tfjs-pruning: train steps');

type Stepping = LayersModel & {[WRAPS]?: Wrap[]};

/**
 * Lets `aroundTrainStep` reach the fits that begin after this call: fit makes the function of its steps before it calls any
 * callback, so that a callback has to call this when it is made.
 */
export function watchTrainSteps(): void {
  mend<Stepping>(LayersModel.prototype, 'makeTrainFunction', (model, make) => {
    const step = make() as TrainStep;
    return (batch: Tensor[]) => (model[WRAPS] ?? []).reduceRight((inner, wrap) => wrap(inner), step)(batch);
  });
}

/**
 * Wraps the training steps of a functional model, in fit, fitDataset and trainOnBatch; earlier wraps are outside later ones.
 *
 * @returns A function that undoes it.
 */
export function aroundTrainStep(model: Stepping, wrap: Wrap): () => void {
  watchTrainSteps();
  // A new function, because one may be given twice.
  const own: Wrap = (step) => wrap(step);
  model[WRAPS] = [...(model[WRAPS] ?? []), own];
  return () => {
    const others = model[WRAPS]?.filter((other) => other !== own) ?? [];
    if (others.length > 0) model[WRAPS] = others;
    else delete model[WRAPS];
  };
}
