import * as tf from '@tensorflow/tfjs';
import {polynomial, prune, strip} from 'tfjs-pruning';
import {prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {seeded} from '../accuracy/seeded';
import type {MaskCase} from './maskCases';
import type {Peer} from './peer';

/** The masks of a case. */
export interface MaskResult {
  readonly weights: number;
  readonly kept: number;
  readonly keptByPeer: number;
  /** The number of elements that only one of the two keeps. */
  readonly different: number;
}

/** Weights in (-1, 1), none of which is 0. */
function randomWeights(shapes: MaskCase['shapes'], levels: number | undefined, seed: number): tf.Tensor[] {
  const random = seeded(seed);
  const draw = () => {
    const size = levels === undefined ? random() || 0.5 : (1 + Math.floor(random() * levels)) / levels;
    return random() < 0.5 ? size : -size;
  };
  return shapes.map((shape) =>
    tf.tensor(Float32Array.from({length: shape.reduce((a, b) => a * b)}, draw), shape),
  );
}

/** Compares the masks of a case, on random weights. */
export async function compareMasks(one: MaskCase, peer: Peer, seed = 1): Promise<MaskResult> {
  const values = randomWeights(one.shapes, one.levels, seed);
  const mine = await ours(one, values);
  const theirs = await byPeer(one, peer, values);
  tf.dispose(values);
  const count = (mask: readonly number[]) => mask.reduce((sum, bit) => sum + bit, 0);
  return {
    weights: mine.length,
    kept: count(mine),
    keptByPeer: count(theirs),
    different: mine.filter((bit, i) => bit !== theirs[i]).length,
  };
}

/** 1 for each element that is kept. */
async function ours({recipe, targets}: MaskCase, values: tf.Tensor[]): Promise<number[]> {
  const model = tf.sequential();
  for (const [i, {shape}] of values.entries()) model.add(layerOf(shape, i === 0));
  // The last layer has outputs, of which none may be pruned.
  if (recipe.pattern?.skips) {
    if (values[0].rank === 4) model.add(tf.layers.flatten());
    model.add(prunableDense({units: 1}));
  }
  for (const [i, value] of values.entries())
    model.layers[i].setWeights([value, ...model.layers[i].getWeights().slice(1)]);
  for (const target of targets) await prune(model, target, recipe);
  const plain = await strip(model);
  const bits = values.flatMap((_, i) =>
    Array.from(plain.layers[i].getWeights()[0].dataSync(), (w) => (w === 0 ? 0 : 1)),
  );
  plain.dispose();
  model.dispose();
  return bits;
}

function layerOf(shape: number[], isFirst: boolean): tf.layers.Layer {
  if (shape.length === 4) {
    const [height, width, depth, filters] = shape;
    return prunableConv2d({
      filters,
      kernelSize: [height, width],
      inputShape: [height, width, depth],
      useBias: false,
    });
  }
  return prunableDense({units: shape[1], useBias: false, ...(isFirst && {inputShape: [shape[0]]})});
}

/** PyTorch has outputs first, and the positions of a kernel last. */
const toTorch = (tensor: tf.Tensor) => tf.transpose(tensor, tensor.rank === 4 ? [3, 2, 0, 1] : [1, 0]);
const fromTorch = (tensor: tf.Tensor) => tf.transpose(tensor, tensor.rank === 4 ? [2, 3, 1, 0] : [1, 0]);

async function byPeer(one: MaskCase, peer: Peer, values: tf.Tensor[]): Promise<number[]> {
  type Nested = tf.TensorLike;
  const flat = (mask: tf.Tensor) => Array.from(mask.dataSync(), (bit) => (bit === 0 ? 0 : 1));
  if (one.peer === 'tfmot') {
    const [mask] = await peer.ask<Nested[]>('masks', {cases: [{value: values[0].arraySync(), ...one.ask}]});
    return tf.tidy(() => flat(tf.tensor(mask)));
  }
  const lists = tf.tidy(() => values.map((value) => toTorch(value).arraySync()));
  const [masks] = await peer.ask<Nested[][]>('masks', {cases: [{values: lists, ...one.ask}]});
  return tf.tidy(() => masks.flatMap((mask) => flat(fromTorch(tf.tensor(mask)))));
}

/** The largest difference of the values of a polynomial schedule from tfmot's. */
export async function compareSchedule(peer: Peer, to = 0.9, steps = 100): Promise<number> {
  const theirs = await peer.ask<number[]>('schedule', {final: to, steps});
  const schedule = polynomial({to});
  return Math.max(...theirs.map((value, step) => Math.abs(value - schedule(step / steps))));
}
