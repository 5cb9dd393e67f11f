import type {io} from '@tensorflow/tfjs-core';
import {keepTop, keptUnits} from '../../../src/select/select';
import type {WeightView} from '../protocol';

/** The kernels of a saved network, in its weight data. */
export class Kernels {
  readonly #data: Float32Array<ArrayBuffer>;
  readonly #places: {name: string; shape: number[]; from: number; until: number}[] = [];

  constructor({weightSpecs = [], weightData}: io.ModelArtifacts) {
    this.#data = new Float32Array(weightData as ArrayBuffer);
    let from = 0;
    for (const {name, shape} of weightSpecs) {
      const until = from + shape.reduce((size, length) => size * length, 1);
      if (shape.length > 1) this.#places.push({name, shape: [...shape], from, until});
      from = until;
    }
  }

  /**
   * Prunes by magnitude over all kernels, as `prune` does by default with `global()`: the best element of each is kept.
   *
   * @param sparsity From 0 to 1.
   * @returns what the page shows, and all weights with zeros for the pruned ones.
   */
  pruned(sparsity: number): {views: WeightView[]; data: ArrayBuffer} {
    const data = this.#data.slice();
    const magnitudes = this.#places.map(({from, until}) => data.subarray(from, until).map(Math.abs));
    for (const scores of magnitudes) {
      scores[scores.indexOf(scores.reduce((most, score) => Math.max(most, score)))] =
        Number.POSITIVE_INFINITY;
    }
    const scores = new Float32Array(magnitudes.reduce((size, {length}) => size + length, 0));
    let at = 0;
    for (const one of magnitudes) {
      scores.set(one, at);
      at += one.length;
    }
    const kept = keepTop(scores, keptUnits(scores.length, sparsity));
    at = 0;
    const views = this.#places.map(({name, shape, from, until}) => {
      const mask = kept.slice(at, at + until - from);
      at += mask.length;
      const values = data.subarray(from, until);
      mask.forEach((bit, i) => {
        values[i] *= bit;
      });
      return {name, shape, values: values.slice(), mask};
    });
    return {views, data: data.buffer};
  }
}
