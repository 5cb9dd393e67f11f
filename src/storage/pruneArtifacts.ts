import type {io} from '@tensorflow/tfjs-core';
import {keepTop, keptUnits} from '../select/select';
import {describe} from '../util/describe';
import {assertOptions, wrong} from '../util/options';
import {dequantized, zeroOf} from './dequantized';
import {quantizedWidth} from './format';
import {stripped} from './write/stripped';
import {type StoredTensor, tensorsOf} from './write/tensors';
import {Writer} from './write/Writer';

/** Options for `pruneArtifacts`. */
export interface PruneArtifactsOptions {
  /** The names of the weights to prune, or a function that selects them. Default: all kernels and embeddings. */
  where?: readonly string[] | ((spec: io.WeightsManifestEntry) => boolean);
}

/**
 * Prunes the artifacts of a layers or graph model by magnitude, without training: each float tensor with two or more axes
 * longer than 1. Quantized tensors stay quantized if one of their levels is 0, as in tensorflowjs_converter files; otherwise
 * they become float32.
 *
 * @param artifacts A model's artifacts, as a tf.io handler loads them. They are not changed.
 * @param sparsity The share of each weight to prune, in [0, 1).
 * @returns the artifacts of the pruned model, for `encodeArtifacts`, a save handler, or `tf.io.fromMemory`.
 * @throws if the sparsity is out of range, or no weight is selected.
 * @example
 * const pruned = pruneArtifacts(artifacts, 0.5);
 * const plain = await tf.loadLayersModel(tf.io.fromMemory(pruned));
 */
export function pruneArtifacts(
  artifacts: io.ModelArtifacts,
  sparsity: number,
  options: PruneArtifactsOptions = {},
): io.ModelArtifacts {
  assertOptions('pruneArtifacts', options, ['where']);
  if (!(typeof sparsity === 'number' && sparsity >= 0 && sparsity < 1)) {
    throw new Error(
      `pruneArtifacts: sparsity must be a number in [0, 1), the share to prune, got ${describe(sparsity)}`,
    );
  }
  const stored = tensorsOf('pruneArtifacts', artifacts);
  const [modelTopology, tensors] = stripped('pruneArtifacts', artifacts.modelTopology, stored);
  const chosen = choose(tensors, options.where);
  const writer = new Writer();
  const weightSpecs = tensors.map((tensor) => {
    const {spec, bytes} = chosen.has(tensor.spec.name) ? pruned(tensor, sparsity) : tensor;
    writer.add(bytes);
    return spec;
  });
  return {
    ...artifacts,
    modelTopology: modelTopology as object,
    weightSpecs,
    weightData: writer.join().buffer,
  };
}

/** Whether a tensor is a kernel or embedding, rather than a bias, a scale or a constant. */
export const isKernel = ({dtype, shape, group}: io.WeightsManifestEntry) =>
  dtype === 'float32' && group !== 'optimizer' && shape.filter((length) => length > 1).length > 1;

function choose(tensors: StoredTensor[], where: PruneArtifactsOptions['where']): Set<string> {
  const specs = tensors.map(({spec}) => spec).filter(({dtype}) => dtype === 'float32');
  if (where !== undefined && typeof where !== 'function') {
    if (!Array.isArray(where)) {
      throw wrong('pruneArtifacts', 'where', 'a function or a list of names of weights', where);
    }
    const known = specs.map(({name}) => name);
    const unknown = where.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new Error(`pruneArtifacts: there is no weight "${unknown}"; there are ${known.join(', ')}`);
    }
    return new Set(where);
  }
  const chosen = specs.filter(where ?? isKernel);
  if (chosen.length === 0) {
    throw new Error(`pruneArtifacts: none of ${tensors.length} weights is selected; select some with where`);
  }
  return new Set(chosen.map(({name}) => name));
}

function pruned(tensor: StoredTensor, sparsity: number): StoredTensor {
  const floats = dequantized(tensor);
  const values = new Float32Array(floats.bytes.slice().buffer);
  const scores = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scores[i] = Math.abs(values[i]);
  }
  const kept = keepTop(scores, keptUnits(values.length, sparsity));
  const zero = zeroOf(tensor.spec);
  if (zero === undefined) {
    return {spec: floats.spec, bytes: masked(values, kept, 0)};
  }
  const {bytes} = tensor;
  const numbers = quantizedWidth(tensor.spec) === 1 ? bytes.slice() : new Uint16Array(bytes.slice().buffer);
  return {spec: zero.spec, bytes: masked(numbers, kept, zero.number)};
}

/** Sets the elements that are not kept to `zero`, in place; returns the bytes. */
function masked(
  numbers: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
  kept: ArrayLike<number>,
  zero: number,
): Uint8Array<ArrayBuffer> {
  for (let i = 0; i < numbers.length; i++) {
    if (!kept[i]) {
      numbers[i] = zero;
    }
  }
  return new Uint8Array(numbers.buffer);
}
