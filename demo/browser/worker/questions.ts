import {tensor4d} from '@tensorflow/tfjs-core';
import {prunableWeights} from 'tfjs-pruning';
import type {Answers, QuestionCalls} from '../protocol';
import {CLASSES, SIDE, SIZE} from '../shards';
import {probabilities} from './evaluate';
import type {Network} from './network';
import type {Parts} from './parts';

/** Implements the calls that change nothing. */
export function questionCalls({stage, mnist, traces}: Parts): QuestionCalls {
  return {
    classify: (pixels) => classify(stage.network, pixels),
    testDigit: async (index) => {
      const {pixels, labels} = mnist.test;
      const at = (index % labels.length) * SIZE;
      return pixels.slice(at, at + SIZE);
    },
    inspect: async (weight, index) => {
      const found = prunableWeights(stage.network.pruned).find(({name}) => name === weight);
      if (!found) {
        throw new Error(`there is no weight ${weight}`);
      }
      return {value: (await found.value.data())[index], ...traces.of(weight, index)};
    },
  };
}

export async function classify({dense, pruned}: Network, pixels: Float32Array): Promise<Answers> {
  const x = tensor4d(pixels, [1, SIDE, SIDE, 1]);
  const answers = [await probabilities(dense, x), await probabilities(pruned, x)];
  x.dispose();
  const [first, second] = answers.map((values) => [...values].slice(0, CLASSES));
  return {dense: first, pruned: second};
}
