import {
  add,
  cast,
  matMul,
  max,
  mean,
  mul,
  relu,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from '@tensorflow/tfjs-core';
import {assertNoArguments} from '../util/options';
import type {Importance, Scored} from './importance';
import {byUnit, overUnits} from './units';

/**
 * Scores each unit by its distances to the other units of the layer: a unit near their geometric median is the one that the
 * others can replace best, whatever its norm. Units that are masked already do not count. For `channel()`.
 *
 * formula: Σ ‖w_u − w_v‖₂ over the units v of the layer that are not masked
 * data: none
 * cost: a product of the weight with itself
 * pruned first: the unit with the smallest sum of distances.
 *
 * @returns an importance, whose scores have the shape of the weight and are equal within a unit.
 * @throws if it gets an argument.
 * @see He, Liu, Wang, Hu, Yang: Filter Pruning via Geometric Median for Deep Convolutional Neural Networks Acceleration, 2019.
 */
export function geometricMedian(): Importance {
  assertNoArguments('geometricMedian', arguments);
  return (weight: Scored) => {
    const {value, mask} = weight;
    const units = byUnit(weight, mul(value, cast(mask, 'float32')));
    // Differences from the mean, as squares of large numbers would hide the distances.
    const centered = sub(units, mean(units, 1, true));
    const squares = sum(square(centered), 0);
    const products = matMul(transpose(centered), centered);
    const distances = sqrt(relu(sub(add(reshape(squares, [-1, 1]), squares), mul(2, products))));
    const counts = cast(max(byUnit(weight, cast(mask, 'float32')), 0), 'float32');
    return overUnits(weight, sum(mul(distances, counts), 1));
  };
}
