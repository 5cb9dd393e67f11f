import {networks} from '../../demo/networks';

/** The methods, with the libraries that have them and the sparsities at which they are compared: of channels in their case. */
export const methods = {
  dense: {libraries: ['tfjs-pruning', 'tfmot', 'torch'], sparsities: [0], updates: 0},
  magnitude: {libraries: ['tfjs-pruning', 'tfmot', 'torch'], sparsities: [0.9, 0.98], updates: 10},
  global: {libraries: ['tfjs-pruning', 'torch'], sparsities: [0.9, 0.98], updates: 10},
  // Torch-Pruning needs another optimizer after each update, so that there are fewer.
  channels: {libraries: ['tfjs-pruning', 'torch-pruning'], sparsities: [0.5], updates: 5},
} as const;

export type Method = keyof typeof methods;
export type Library = (typeof methods)[Method]['libraries'][number];
export type NetworkName = (typeof networkNames)[number];

export const networkNames = ['mlp', 'conv'] as const;

export const inputShape = [28, 28, 1];

/** A network of the demo; its initial weights depend on the seed only. */
export const networkOf = (name: NetworkName, seed: number) => networks[name](inputShape, 10, seed);

/** The setting of all trainings: the first images, in batches of equal size, and Adam. */
export const settings = {epochs: 3, batch: 128, rate: 1e-3, images: 30_000};

/** A training, as the libraries get it. */
export interface Training {
  readonly name: NetworkName;
  readonly method: Method;
  /** The folder of the images, the folder of the initial weights, and the file with the order of the images by epoch. */
  readonly mnist: string;
  readonly initial: string;
  readonly order: string;
  readonly batch: number;
  readonly rate: number;
  /** The steps after which masks are updated, counted from 0, and their sparsities. */
  readonly updates: readonly (readonly [step: number, sparsity: number])[];
}

export interface Trained {
  /** The share of the test images whose class is right, in percent. */
  readonly accuracy: number;
  /** The kernel elements that are not 0. */
  readonly kept: number;
  /** The library's own file, which is as short as its formats allow after gzip, and its gzip. */
  readonly format: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

export interface Timed {
  /** The time of a step with masks, or without the removed channels, over that of a dense step, and the milliseconds of both. */
  readonly stepRatio: number;
  readonly stepMs: number;
  readonly denseStepMs: number;
  /** The time of an update of all masks, or of the removal of channels. */
  readonly updateSeconds: number;
}

/**
 * Updates at equal distances from a quarter to three quarters of the steps, to the sparsities of tfmot's polynomial.
 *
 * @param count How many; the first is to 0, as in tfmot.
 */
export function updatesTo(sparsity: number, count: number, steps: number): [number, number][] {
  const every = Math.max(1, Math.floor(steps / 2 / (count - 1)));
  const begin = Math.floor(steps / 4);
  return Array.from({length: count}, (_, i) => [
    begin + i * every,
    sparsity * (1 - (1 - i / (count - 1)) ** 3),
  ]);
}
