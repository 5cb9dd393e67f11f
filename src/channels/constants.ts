import {add, max, min, reshape, type Tensor, tensor, tidy, zeros} from '@tensorflow/tfjs-core';
import {readTogether} from '../model/readTogether';
import {type Layer, withInnerLayers} from '../model/tfjs';
import type {LayerCall} from './channelGraph';
import {fieldsOf} from './rules/fields';
import type {ChannelTensor} from './rules/rule';
import {CONSTANT} from './rules/values';

/** The size at which a layer is called along a dimension that the model leaves open. */
const OPEN = 64;

/** Replaces CONSTANT in the values of a call's outputs by numbers, or by NaN where they cannot be measured. */
export async function measureConstants(layer: Layer, {inputs, outputs}: LayerCall): Promise<void> {
  for (const {axis, values} of outputs) {
    if (values.includes(CONSTANT)) {
      const measured = await outputOfConstants(layer, inputs, axis);
      values.forEach((value, place) => {
        if (value === CONSTANT) values[place] = measured?.[place] ?? Number.NaN;
      });
    }
  }
}

/**
 * Calls a layer with its constant inputs, and with 0 for those that vary.
 *
 * @returns The value at each place along an axis in the first output, if all positions have the same, else NaN. It is that
 *   of all examples only where the place depends on no input that varies. Undefined where it depends on a size that is open.
 */
async function outputOfConstants(
  layer: Layer,
  inputs: readonly ChannelTensor[],
  axis: number,
): Promise<Float64Array | undefined> {
  // With padding, the borders at a size that was not tried may differ.
  const isOpen = inputs.some(({shape}) => shape.includes(null));
  const isConstant = inputs.some(({values}) => values.some((value) => Math.abs(value) > 0));
  if (isOpen && isConstant && withInnerLayers(layer).some(isPadded)) {
    return undefined;
  }
  const extremes = tidy(() => {
    const given = inputs.map(exampleOf);
    const [output] = [layer.call(given.length === 1 ? given[0] : given, {})].flat();
    const others = [...output.shape.keys()].filter((other) => other !== axis + 1);
    return [max, min].map((reduce) => reduce(output, others));
  });
  const [highest, lowest] = await readTogether(extremes);
  return Float64Array.from(highest, (high, i) =>
    high - lowest[i] <= 1e-6 * Math.abs(high) ? high : Number.NaN,
  );
}

function isPadded(layer: Layer): boolean {
  return (fieldsOf(layer).padding ?? 'valid') !== 'valid';
}

/** An example that has a tensor's constants at all positions, and 0 elsewhere. */
function exampleOf({shape, axis, values}: ChannelTensor): Tensor {
  const known = Float32Array.from(values, (value) => (Number.isNaN(value) ? 0 : value));
  const alongAxis = shape.map((_, i) => (i === axis ? known.length : 1));
  const example = zeros([1, ...shape.map((dim, i) => dim ?? (i === axis ? known.length : OPEN))]);
  return add(example, reshape(tensor(known), [1, ...alongAxis]));
}
