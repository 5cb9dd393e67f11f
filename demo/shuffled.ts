import {randomUniform, tidy} from '@tensorflow/tfjs-core';

/** The integers from 0 to `count` − 1 in an order that depends on the seed only. */
export function shuffled(count: number, seed: number): number[] {
  const keys = tidy(() => randomUniform([count], 0, 1, 'float32', seed).dataSync());
  return Array.from({length: count}, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
}
