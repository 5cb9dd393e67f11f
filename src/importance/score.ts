import {dispose, mul, Tensor, tidy, util} from '@tensorflow/tfjs-core';
import {breathe} from '../breathe';
import {readTogether} from '../readTogether';
import {describe} from '../tfjs';
import type {Weight} from '../weight';
import type {Importance, Scored} from './importance';

/**
 * The scores of a weight's elements.
 *
 * @throws if the importance does not give a tensor of the weight's shape.
 */
function score(weight: Scored, importance: Importance): Tensor {
  const {name, value} = weight;
  return tidy(() => {
    const scores: unknown = importance(weight);
    if (!(scores instanceof Tensor)) {
      throw new Error(
        `prune: importance must return a tensor, got ${describe(scores)}; a factory is to be called, as magnitude()`,
      );
    }
    if (!util.arraysEqual(scores.shape, value.shape)) {
      throw new Error(
        `prune: importance gave scores of shape [${scores.shape}] to weight "${name}" of shape [${value.shape}]`,
      );
    }
    // A tensor of our own, as the importance may return the weight itself, and float32 whatever it was.
    return mul(scores, 1);
  });
}

/** The scores of some weights off the device, all of them in one round. */
export async function scoresOf(weights: readonly Scored[], importance: Importance): Promise<Float32Array[]> {
  const scores: Tensor[] = [];
  try {
    for (const weight of weights) {
      scores.push(score(weight, importance));
      await breathe();
    }
  } catch (error) {
    dispose(scores);
    throw error;
  }
  return readTogether(scores);
}

/** Throws if an element that is not masked has a score that is not finite. */
export function assertFinite({name}: Weight, scores: Float32Array, mask: Uint8Array): void {
  const bad = scores.findIndex((score, i) => mask[i] === 1 && !Number.isFinite(score));
  if (bad >= 0) {
    throw new Error(
      `prune: weight "${name}" has score ${scores[bad]} at element ${bad}; did the training diverge?`,
    );
  }
}
