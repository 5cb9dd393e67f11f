import {add, mul, type Scalar, scalar, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {readPrunable} from '../model/network';
import {carrierOf} from '../model/tree';
import {describe} from '../util/describe';
import {ask, assertPart, misfit} from '../util/factory';
import {assertOptions} from '../util/options';
import {choose, type Where} from '../where';
import {costsOfOutputs, costsOfWeights} from './costs';
import type {Penalty} from './penalty';

/** A penalty with its strength, and the weights that it is of. */
export interface SparsityLossTerm {
  /** The penalty on a weight, or on its layer's output, such as `l1()`. */
  penalty: Penalty;
  /** The penalty's factor, at least 0: a number, or a function that is called for each loss. */
  strength: number | (() => number);
  /** The weights to penalize; all prunable weights by default. */
  where?: Where;
}

/**
 * Adds strength · Σ penalty over the prunable weights to a model's losses, for custom training loops: `trainOnBatch`
 * includes it, and so does `model.calculateLosses()`, which you call once after each pass with `{training: true}`. In fit use
 * the callback `sparsityLoss`.
 *
 * @returns A function that removes it.
 * @throws on bad options, or if the model has nothing to prune; the model is unchanged then.
 * @example
 * const remove = addSparsityLoss(model, {penalty: l1(), strength: 1e-4});
 * for (let step = 0; step < 10; step++) await model.trainOnBatch(x, y);
 * remove();
 */
export function addSparsityLoss(model: LayersModel, term: SparsityLossTerm): () => void {
  return attachLoss('addSparsityLoss', model, term);
}

/** As `addSparsityLoss`, in the name of another function. */
export function attachLoss(who: string, model: LayersModel, term: SparsityLossTerm): () => void {
  assertTerm(who, term, ['penalty', 'strength', 'where']);
  const {penalty, strength, where} = term;
  const network = readPrunable(who, model);
  const weights = choose(network, where);
  const costs = penalty.ofActivations
    ? costsOfOutputs(network, penalty, weights)
    : costsOfWeights(who, penalty, weights);
  const {losses} = carrierOf(model);
  try {
    tidy(() => {
      costs.probe();
    });
  } catch (error) {
    costs.stop();
    throw error;
  }
  const loss = (): Scalar => {
    const value = typeof strength === 'function' ? ask(who, 'strength', strength) : strength;
    assertStrength(who, value);
    const taken = costs.take();
    return mul(
      value,
      taken.reduce((sum, cost) => add(sum, cost), scalar(0)),
    );
  };
  losses.push(loss);
  return () => {
    const at = losses.indexOf(loss);
    if (at >= 0) {
      losses.splice(at, 1);
      costs.stop();
    }
  };
}

/** Throws unless a term is right, as far as that does not depend on the model. */
export function assertTerm(
  who: string,
  term: {penalty: Penalty; strength: unknown},
  known: readonly string[],
): void {
  assertOptions(who, term, known);
  assertPart(who, 'penalty', term.penalty);
  if (typeof term.strength === 'function') assertPart(who, 'strength', term.strength);
  else assertStrength(who, term.strength);
}

export function assertStrength(who: string, strength: unknown): asserts strength is number {
  if (!(typeof strength === 'number' && strength >= 0 && strength < Number.POSITIVE_INFINITY)) {
    throw misfit(who, 'strength', describe(strength));
  }
}
