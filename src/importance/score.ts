import {dispose, engine, mul, Tensor, tidy, util} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import {readTogether} from '../model/readTogether';
import {describe} from '../util/describe';
import {ask} from '../util/factory';
import {yieldToEventLoop} from '../util/yieldToEventLoop';
import type {Importance, Scored} from './importance';

/** The scores of a weight's elements. @throws unless the importance returns a tensor of the weight's shape. */
function score(network: Network, weight: Scored, importance: Importance): Tensor {
  const {name, value} = weight;
  return tidy(() => {
    const scores: unknown = ask(network.who, 'importance', importance, weight);
    if (!(scores instanceof Tensor)) {
      throw network.refuse(
        `importance must return a tensor, got ${describe(scores)}; a factory is to be called, as magnitude()`,
      );
    }
    if (!util.arraysEqual(scores.shape, value.shape)) {
      throw network.refuse(
        `importance gave scores of shape [${scores.shape}] to weight "${name}" of shape [${value.shape}]`,
      );
    }
    // The importance may return the weight itself, a tensor that it keeps, or another dtype than float32.
    const isOwn = engine().state.activeScope.track.includes(scores) && !scores.kept;
    return isOwn && scores.dtype === 'float32' ? scores : mul(scores, 1);
  });
}

/** Scores weights and reads all scores to the host in one round. */
export async function scoresOf(
  network: Network,
  weights: readonly Scored[],
  importance: Importance,
): Promise<Float32Array[]> {
  const scores: Tensor[] = [];
  try {
    for (const weight of weights) {
      scores.push(score(network, weight, importance));
      await yieldToEventLoop();
    }
  } catch (error) {
    dispose(scores);
    throw error;
  }
  return readTogether(scores);
}

/** Throws unless an importance scores some weights, without reading the scores. */
export async function assertScores(
  network: Network,
  weights: readonly Scored[],
  importance: Importance,
): Promise<void> {
  for (const weight of weights) {
    dispose(score(network, weight, importance));
    await yieldToEventLoop();
  }
}
