import {
  add,
  dispose,
  div,
  fill,
  greaterEqual,
  max,
  minimum,
  mul,
  sign,
  sqrt,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {masked} from '../../src/model/masked';
import type {Weight} from '../../src/model/weight';
import {type Gradients, updatedIn} from '../../src/training/stepHooks';
import {stepMasked} from '../../src/training/stepMasked';
import {bytesOf, fromBase64, toBase64, valuesOf} from '../../src/util/bytes';

/** The share of earlier batches in the mean square of pulls. */
const DECAY = 0.99;
/** Below this a gate is 0 or negative; a weight whose gates all are keeps its highest one. */
const TINY = 1e-30;
/** The gate of an element that was pruned before, and stays so. */
const SHUT = -1e9;

/** A weight with its auxiliary parameters. */
export interface Gate extends Weight {
  /** Its values, also of pruned elements, which keep those that they had last. */
  readonly latent: Variable;
  /** The gate of each element, which prunes it unless it is positive. */
  readonly gate: Variable;
  /** The mean square of the pulls at each gate. */
  readonly scale: Variable;
}

/** The variables of a gate as base64, for JSON. */
export type GateState = Readonly<Record<'latent' | 'gate' | 'scale', string>>;

export function openGate(weight: Weight, state?: GateState): Gate {
  const {value, mask} = weight;
  const saved = (text: string) => tensor(valuesOf(fromBase64(text), 'float32'), value.shape);
  // Variables outlive the tidy.
  const made = tidy(() => ({
    latent: variable(state ? saved(state.latent) : masked(value, mask), false),
    gate: variable(state ? saved(state.gate) : masked(fill(value.shape, 1), mask, SHUT), false),
    scale: variable(state ? saved(state.scale) : zerosLike(value), false),
  }));
  return {...weight, ...made};
}

export function closeGate({latent, gate, scale}: Gate): void {
  dispose([latent, gate, scale]);
}

export async function saveGate({latent, gate, scale}: Gate): Promise<GateState> {
  const [a, b, c] = await Promise.all([latent, gate, scale].map(async (one) => toBase64(await bytesOf(one))));
  return {latent: a, gate: b, scale: c};
}

export interface GateStep {
  readonly strength: number;
  readonly rate: number;
  readonly slope: (gate: Tensor) => Tensor;
  /** The number of this step, from 1. */
  readonly count: number;
}

/**
 * Takes a step of the weights that are kept, and one of all gates, by the dense gradients of the masked weights.
 *
 * A gate is pulled down by the strength, and up as far as growing the weight's magnitude lowers the loss. Pulls are divided by their root
 * mean square, as those of layers differ by orders of magnitude.
 */
export function stepGates(
  gates: readonly Gate[],
  gradients: Gradients,
  step: (gradients: Gradients) => void,
  {strength, rate, slope, count}: GateStep,
): void {
  const moving = updatedIn(gates, gradients);
  const pulls = tidy(() =>
    moving.map(({latent, value}) => add(mul(sign(latent), gradients[value.name]), strength)),
  );
  try {
    stepMasked(gates, gradients, step);
    tidy(() => {
      for (const [i, {latent, gate, scale, value, mask}] of moving.entries()) {
        scale.assign(add(mul(scale, DECAY), mul(square(pulls[i]), 1 - DECAY)));
        const size = add(sqrt(div(scale, 1 - DECAY ** count)), 1e-12);
        gate.assign(sub(gate, mul(mul(slope(gate), div(pulls[i], size)), rate)));
        latent.assign(masked(value, mask, latent));
        mask.assign(greaterEqual(gate, minimum(max(gate), TINY)) as Tensor);
        value.assign(masked(latent, mask));
      }
    });
  } finally {
    dispose(pulls);
  }
}
