import {add, dispose, keep, mul, type Scalar, scalar, Tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {type Network, readPrunable} from '../model/network';
import {shadow} from '../model/shadow';
import type {Layer} from '../model/tfjs';
import {callsOf, carrierOf} from '../model/tree';
import type {Weight} from '../model/weight';
import {describe} from '../util/describe';
import {ask, assertPart, misfit} from '../util/factory';
import {assertOptions} from '../util/options';
import {choose, type Where} from '../where';
import type {Penalty} from './penalty';

export interface SparsityLossTerm {
  /** What a weight or the output of its layer costs, as `l1()`. */
  penalty: Penalty;
  /** How much the costs count, 0 or more: a number, or a function that is asked each time. */
  strength: number | (() => number);
  /** All prunable weights by default. */
  where?: Where;
}

/** What there is to add up, and the end of it. */
interface Costs {
  /** Tries what can go wrong. */
  probe(): void;
  take(): Scalar[];
  stop(): void;
}

/**
 * Adds to the losses of a model what its prunable weights cost, strength · Σ penalty, for training loops of one's own:
 * `trainOnBatch` counts it, as does `model.calculateLosses()`, to be called once after each pass with
 * `{training: true}`. In fit, `sparsityLoss` does it.
 *
 * @returns The function that removes it.
 * @throws on bad options, or if the model has nothing to prune, leaving the model as it was.
 */
export function addSparsityLoss(model: LayersModel, term: SparsityLossTerm): () => void {
  return attachLoss('addSparsityLoss', model, term);
}

/** As `addSparsityLoss`, in the name of another. */
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

/** Throws unless a term is one as far as it can be told without a model. */
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

function costsOfWeights(who: string, penalty: Penalty, weights: Weight[]): Costs {
  const take = () => weights.map((weight) => costOf(who, penalty, mul(weight.value, weight.mask), weight));
  return {probe: take, take, stop: () => {}};
}

/** Each call of a layer while training costs; what it costs is counted with the losses that follow. */
function costsOfOutputs({who, leaves}: Network, penalty: Penalty, weights: Weight[]): Costs {
  const layerOf = new Map(leaves.map(({path, layer}) => [path, layer]));
  const observed = new Map(weights.map((weight) => [layerOf.get(weight.layer) as Layer, weight]));
  const pending: Scalar[] = [];
  const ends = [...observed].map(([layer, weight]) =>
    shadow(layer, 'call', (call) => (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      if (kwargs?.training) {
        const [output] = [outputs].flat();
        // A nested model tidies up before the losses are asked for.
        pending.push(keep(tidy(() => costOf(who, penalty, output, weight))));
      }
      return outputs;
    }),
  );
  return {
    probe: () => {
      for (const [layer, weight] of observed) {
        for (const {output} of callsOf(layer)) {
          costOf(who, penalty, zeros([1, ...output]), weight);
        }
      }
    },
    take: () => {
      const taken = pending.splice(0);
      const copies = taken.map((cost) => mul(cost, 1) as Scalar);
      dispose(taken);
      return copies;
    },
    stop: () => {
      dispose(pending.splice(0));
      for (const end of ends) {
        end();
      }
    },
  };
}

function costOf(who: string, penalty: Penalty, value: Tensor, weight: Weight): Scalar {
  const cost: unknown = ask(who, 'penalty', penalty, value, weight);
  if (!(cost instanceof Tensor) || cost.size !== 1) {
    throw new Error(`${who}: penalty must return a scalar tensor, got ${describe(cost)}`);
  }
  return cost as Scalar;
}
