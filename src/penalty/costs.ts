import {dispose, keep, mul, type Scalar, Tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import {shadow} from '../model/shadow';
import type {Layer} from '../model/tfjs';
import {callsOf} from '../model/tree';
import type {Weight} from '../model/weight';
import {describe} from '../util/describe';
import {ask} from '../util/factory';
import type {Penalty} from './penalty';

/** A penalty's terms to add to a step's loss. */
export interface Costs {
  /** Evaluates the penalty once, so that errors surface early. */
  probe(): void;
  /** The values since the last call. */
  take(): Scalar[];
  stop(): void;
}

/** A penalty on masked weights. */
export function costsOfWeights(who: string, penalty: Penalty, weights: Weight[]): Costs {
  const take = () => weights.map((weight) => costOf(who, penalty, mul(weight.value, weight.mask), weight));
  return {probe: take, take, stop: () => {}};
}

/** A penalty on the outputs of layers, at each call in training; the next loss includes it. */
export function costsOfOutputs({who, leaves}: Network, penalty: Penalty, weights: Weight[]): Costs {
  const layerOf = new Map(leaves.map(({path, layer}) => [path, layer]));
  const observed = new Map(weights.map((weight) => [layerOf.get(weight.layer) as Layer, weight]));
  const pending: Scalar[] = [];
  const ends = [...observed].map(([layer, weight]) =>
    shadow(layer, 'call', (call) => (inputs, kwargs) => {
      const outputs = call(inputs, kwargs);
      if (kwargs?.training) {
        const [output] = [outputs].flat();
        // A nested model disposes its tensors before the losses are computed.
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
