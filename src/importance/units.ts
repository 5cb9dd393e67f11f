import {broadcastTo, concat, reshape, type Tensor, tensor1d, transpose} from '@tensorflow/tfjs-core';
import {otherAxes, sizeAlong} from '../model/axes';
import type {Weight} from '../model/weight';
import {type Statistic, statisticOf} from '../statistics/statistic';
import type {Importance, Scored} from './importance';

type Laid = Pick<Weight, 'value' | 'axes' | 'gates'>;

/** Reshapes a tensor with a weight's shape to `[elements per unit, units]`. */
export function byUnit({value: {shape}, axes, gates}: Laid, x: Tensor): Tensor {
  const last = transpose(x, [...otherAxes(shape, axes.output), ...[axes.output].flat()]);
  return reshape(last, [-1, sizeAlong(shape, axes.output) / gates]);
}

/** Broadcasts a value per unit to a weight's elements. */
export function overUnits({value: {shape}, axes, gates}: Laid, units: Tensor): Tensor {
  return along(shape, axes.output, concat(Array(gates).fill(reshape(units, [-1]))));
}

/** Broadcasts a value per input feature to the elements that multiply the feature. */
export function overInputs({value: {shape}, axes}: Laid, features: Tensor): Tensor {
  return along(shape, axes.input, features);
}

function along(shape: number[], axes: number | readonly number[], values: Tensor): Tensor {
  const sizes = shape.map((size, axis) => ([axes].flat().includes(axis) ? size : 1));
  return broadcastTo(reshape(values, sizes), shape);
}

/** An importance that scores units by one statistic of their outputs. */
export function byOutputs(statistic: Statistic, score: (values: Tensor) => Tensor): Importance {
  return Object.assign(
    (weight: Scored) => overUnits(weight, score(tensor1d(statisticOf(weight, statistic)))),
    {needs: [statistic]},
  );
}
