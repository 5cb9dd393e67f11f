import {add, max, min, reshape, type Tensor, tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import {type Layer, withHeld} from '../model/tfjs';
import type {Asking} from './asking';
import {fieldsOf} from './rules/fields';
import type {ChannelTensor} from './rules/rule';

/** The size of a dimension that a model leaves open, as a layer is asked about it. */
const OPEN = 64;

/**
 * What a layer makes of constants, along an axis of its first output: the value of each place if all positions have
 * it, else NaN; undefined where that cannot be told. What varies is given as 0, so that the value only says something of a place that depends on none of it.
 */
export function* constants(
  layer: Layer,
  inputs: readonly ChannelTensor[],
  axis: number,
): Asking<Float64Array | undefined> {
  // With padding a size that was not tried may have other borders.
  const isOpen = inputs.some(({shape}) => shape.includes(null));
  const isConstant = inputs.some(({values}) => values.some((value) => Math.abs(value) > 0));
  if (isOpen && isConstant && withHeld(layer).some(isPadded)) {
    return undefined;
  }
  const [highest, lowest] = yield tidy(() => {
    const given = inputs.map(filled);
    const [output] = [layer.call(given.length === 1 ? given[0] : given, {})].flat();
    const others = [...output.shape.keys()].filter((other) => other !== axis + 1);
    return [max, min].map((reduce) => reduce(output, others));
  });
  return Float64Array.from(highest, (high, i) =>
    high - lowest[i] <= 1e-6 * Math.abs(high) ? high : Number.NaN,
  );
}

function isPadded(layer: Layer): boolean {
  return (fieldsOf(layer).padding ?? 'valid') !== 'valid';
}

/** An example that has the values of a stream at all positions. */
function filled({shape, axis, values}: ChannelTensor): Tensor {
  const known = Float32Array.from(values, (value) => (Number.isNaN(value) ? 0 : value));
  const lane = shape.map((_, i) => (i === axis ? known.length : 1));
  const example = zeros([1, ...shape.map((dim, i) => dim ?? (i === axis ? known.length : OPEN))]);
  return add(example, reshape(tensor(known), [1, ...lane]));
}
