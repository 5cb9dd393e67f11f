import {convolve} from '../kernels/convolve';
import {asRows, reshape} from '../kernels/layout';
import {product} from '../kernels/product';
import type {Program} from '../machine/Program';
import type {Shape, Value} from '../machine/Value';
import type {Layer, Weight} from '../model/Layer';
import {assertChannelsLast} from './axes';
import {asVolumes, convolution, fromVolumes, type Moves, movesOf, windowOn} from './convolutions';
import {bare, ending} from './ending';

/** The products of a cell: with its inputs, with the bias, and with its output at the step before. */
export interface Products {
  enter(program: Program, x: Value): Value;
  times(program: Program, h: Value): Value;
}

/** The bias of a cell belongs to its gates, before their activations. */
const gatesOf = (layer: Layer, kernel: Weight, gates: number) => {
  const {factor} = ending({...layer, after: {activation: {name: 'linear'}}}, kernel.values, gates);
  return {...factor, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
};

/** The products of a cell of vectors. */
export function products(layer: Layer, units: number, gates: number): Products {
  const [kernel, recurrent] = [layer.weight('kernel', 2), layer.weight('recurrent_kernel', 2)];
  assertShape(kernel, [kernel.shape[0], gates]);
  assertShape(recurrent, [units, gates]);
  const entering = gatesOf(layer, kernel, gates);
  const {factor} = bare(recurrent, gates);
  return {
    enter(program, x) {
      if (x.shape.length !== 3 || x.shape[2] !== kernel.shape[0]) {
        throw new Error(`its input has the shape [${x.shape}], not [batch, steps, ${kernel.shape[0]}]`);
      }
      return asRows(program, product(program, x, entering));
    },
    times: (program, h) => product(program, h, factor),
  };
}

/** Those of a cell of images, which are convolutions. */
export function imageProducts(layer: Layer, units: number, gates: number): Products {
  const {config} = layer;
  assertChannelsLast(config);
  const [kernel, recurrent] = [layer.weight('kernel', 4), layer.weight('recurrent_kernel', 4)];
  const moves = movesOf(config, 2, kernel.shape);
  assertShape(kernel, [...kernel.shape.slice(0, 3), gates]);
  assertShape(recurrent, [...recurrent.shape.slice(0, 2), units, gates]);
  const entering = convolution(2, moves, kernel.shape[2], {factor: gatesOf(layer, kernel, gates)});
  const again: Moves = {
    windows: recurrent.shape.slice(0, 2),
    strides: [1, 1],
    dilations: [1, 1],
    padding: 'same',
  };
  const {factor} = bare(recurrent, gates);
  return {
    enter(program, x) {
      const [batch, steps, ...image] = x.shape;
      if (image.length !== 3) throw new Error(`its input has the shape [${x.shape}], not 5 axes`);
      const y = entering(program, reshape(program, x, [batch * steps, ...image]));
      return asRows(program, reshape(program, y, [batch, steps, ...y.shape.slice(1)]));
    },
    times(program, h) {
      const x = asVolumes(program, h, 2);
      return fromVolumes(program, convolve(program, x, windowOn(x, again), factor), 2);
    },
  };
}

function assertShape({shape}: Weight, right: Shape): void {
  if (shape.join() !== right.join()) throw new Error(`a kernel has the shape [${shape}], not [${right}]`);
}
