import type {io} from '@tensorflow/tfjs-core';
import {dequantized} from '../../storage/dequantized';
import {byteLength} from '../../storage/format';
import type {Weight} from './Layer';

/** The weights of a saved model by their names. */
export class Weights {
  readonly #known = new Map<string, Weight>();

  /** @param data All tensors, one after the other. */
  constructor(specs: readonly io.WeightsManifestEntry[], data: ArrayBuffer) {
    const short = new Map<string, Weight>();
    let at = 0;
    for (const spec of specs) {
      const {name, shape} = spec;
      const length = byteLength(spec, new Uint8Array(data), at);
      const weight = {shape, values: valuesOf(spec, data, at, length)};
      this.#known.set(name, weight);
      // TensorFlow names cells inside of their layers; tfjs does not.
      const parts = name.split('/');
      short.set([...parts.slice(0, -2), parts[parts.length - 1]].join('/'), weight);
      at += length;
    }
    for (const [name, weight] of short) if (!this.#known.has(name)) this.#known.set(name, weight);
  }

  /** @throws if there is no such weight of numbers, or it has another number of axes. */
  get(name: string, rank: number): Weight {
    const weight = this.#known.get(name);
    if (weight === undefined) throw new Error(`the file has no weight "${name}"`);
    const {shape, values} = weight;
    if (shape.length !== rank || values.length === 0) {
      throw new Error(`the weight "${name}" has the shape [${shape}], or a type without numbers`);
    }
    return weight;
  }
}

/** The values of a tensor, copied only if they are quantized or do not lie at a multiple of four bytes. */
function valuesOf(
  spec: io.WeightsManifestEntry,
  data: ArrayBuffer,
  at: number,
  length: number,
): Float32Array {
  if (spec.dtype === 'int32') return Float32Array.from(new Int32Array(data.slice(at, at + length)));
  if (spec.dtype === 'bool') return Float32Array.from(new Uint8Array(data, at, length));
  if (spec.dtype !== 'float32') return new Float32Array(0);
  if (spec.quantization === undefined && at % 4 === 0) return new Float32Array(data, at, length / 4);
  const {bytes} = dequantized({spec, bytes: new Uint8Array(data.slice(at, at + length))});
  return new Float32Array(bytes.buffer);
}
