import {mul, type Optimizer, Tensor, tidy, util} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {masked} from '../../src/model/masked';
import {readPrunable} from '../../src/model/network';
import type {Weight} from '../../src/model/weight';
import type {Penalty} from '../../src/penalty/penalty';
import {attachHook, updatedIn} from '../../src/training/stepHooks';
import {describe} from '../../src/util/describe';
import {assertFlag, assertNumber} from '../../src/util/options';
import {choose, type Where} from '../../src/where';

interface ProximalTerm {
  penalty: Penalty;
  strength: () => number;
  where?: Where;
  learningRate?: number;
}

/** Throws on wrong or contradictory options of proximal steps. */
export function assertProximal(
  who: string,
  options: {penalty: Penalty; proximal?: boolean; learningRate?: number},
): void {
  const {penalty, proximal, learningRate} = options;
  if (proximal !== undefined) assertFlag(who, 'proximal', proximal);
  if (learningRate !== undefined) {
    const isRate = (rate: number) => rate > 0 && rate < Number.POSITIVE_INFINITY;
    assertNumber(who, 'learningRate', learningRate, 'a positive number', isRate);
    if (!proximal) {
      throw new Error(`${who}: learningRate is that of proximal steps; give proximal: true, or leave it out`);
    }
  }
  if (proximal && penalty.proximal === undefined) {
    throw new Error(
      `${who}: this penalty has no proximal step, as l1(), l2(), elastic() and groupLasso() have; ` +
        'leave `proximal` out',
    );
  }
}

/**
 * Applies a penalty's proximal step after each update of a model's optimizer, to the updated weights.
 *
 * @returns A function that undoes it.
 */
export function attachProximal(who: string, model: LayersModel, term: ProximalTerm): () => void {
  const {penalty, strength, where, learningRate} = term;
  const weights = choose(readPrunable(who, model), where);
  const {optimizer} = model;
  const rate = learningRate === undefined ? rateOf(who, optimizer) : () => learningRate;
  const stepOf = (weight: Weight, size: number): Tensor => {
    const {value, mask, name} = weight;
    const next: unknown = penalty.proximal?.(mul(value, mask), size, weight);
    if (!(next instanceof Tensor) || !util.arraysEqual(next.shape, value.shape)) {
      throw new Error(
        `${who}: the proximal step of the penalty must return a tensor of the shape [${value.shape}] of weight ` +
          `"${name}", got ${describe(next)}`,
      );
    }
    return next;
  };
  tidy(() => {
    for (const weight of weights) {
      stepOf(weight, 0);
    }
  });
  return attachHook(who, model, 'gradients', (gradients, step) => {
    step(gradients);
    const size = strength() * rate();
    tidy(() => {
      for (const weight of updatedIn(weights, gradients)) {
        const {value, mask} = weight;
        // Pruned weights that train in the background keep their values.
        value.assign(masked(stepOf(weight, size), mask, value));
      }
    });
  });
}

/** The learning rate of an optimizer that has one for all weights, read for each step as it may change. */
function rateOf(who: string, optimizer: Optimizer & {learningRate?: number}): () => number {
  // Only SGD and momentum have it. Every optimizer is an instance of every optimizer class.
  if (!('setLearningRate' in optimizer)) {
    throw new Error(
      `${who}: ${optimizer.getClassName()} has a rate of its own for each weight, which a proximal step does not know; ` +
        'give learningRate, or compile with SGD or momentum',
    );
  }
  return () => optimizer.learningRate as number;
}
