import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import {type Case, dims} from './cases';
import {at, broadcast, map, type Nd, nd, total} from './nd';

const {layers} = tf;
const shapes = (least: number, most: number) => fc.array(between(1, 5), {minLength: least, maxLength: most});

/** The inputs [batch, …, channels] times a matrix, plus a bias. */
export const product = (x: Nd, kernel: Nd, bias?: Nd): Nd =>
  nd([...x.shape.slice(0, -1), kernel.shape[1]], (index) => {
    const [place, unit] = [index.slice(0, -1), index[index.length - 1]];
    const sum = total([kernel.shape[0]], ([i]) => at(x, [...place, i]) * at(kernel, [i, unit]));
    return sum + (bias?.values[unit] ?? 0);
  });

export const dense = fc.tuple(shapes(2, 4), between(1, 9), fc.boolean()).map(
  ([shape, units, useBias]): Case => ({
    config: {units, useBias},
    inputs: [shape],
    layer: () => layers.dense({units, useBias}),
    define: ([x], [kernel, bias]) => product(x, kernel, bias),
  }),
);

const merged: [() => tf.layers.Layer, (values: number[]) => number, trains: boolean][] = [
  [() => layers.add(), (values) => values.reduce((sum, value) => sum + value), true],
  [() => layers.multiply(), (values) => values.reduce((product, value) => product * value), true],
  [() => layers.average(), (values) => values.reduce((sum, value) => sum + value) / values.length, true],
  // The gradients of a broadcast maximum and minimum throw in tfjs.
  [() => layers.maximum(), (values) => Math.max(...values), false],
  [() => layers.minimum(), (values) => Math.min(...values), false],
];

export const merging = fc
  .tuple(shapes(2, 4), fc.array(fc.nat(15), {minLength: 1, maxLength: 2}), fc.constantFrom(...merged))
  .map(([shape, ones, [layer, combine, trains]]): Case => {
    const narrow = ones.map((bits) => shape.map((length, i) => (i > 0 && bits & (1 << i) ? 1 : length)));
    const isSame = narrow.every((other) => String(other) === String(shape));
    return {
      config: {merge: String(layer)},
      inputs: [shape, ...narrow],
      layer,
      define: (inputs) => broadcast(inputs, combine),
      trains: trains || isSame,
    };
  });

export const concatenate = fc
  .record({
    shape: shapes(2, 4),
    axis: between(1, 3),
    lengths: fc.array(between(1, 4), {minLength: 2, maxLength: 3}),
  })
  .map(({shape, axis, lengths}): Case => {
    const along = Math.min(axis, shape.length - 1);
    const inputs = lengths.map((length) => shape.map((other, i) => (i === along ? length : other)));
    return {
      config: {axis: along},
      inputs,
      layer: () => layers.concatenate({axis: along}),
      define: (parts) =>
        nd(
          shape.map((other, i) => (i === along ? lengths.reduce((sum, length) => sum + length) : other)),
          (index) => {
            let [part, place] = [0, index[along]];
            for (; place >= lengths[part]; part++) place -= lengths[part];
            return at(
              parts[part],
              index.map((other, i) => (i === along ? place : other)),
            );
          },
        ),
    };
  });

export const dot = fc
  .record({batch: between(1, 3), lengths: dims(3, 4), normalize: fc.boolean()})
  .map(({batch, lengths: [rows, columns, shared], normalize}): Case => {
    const unit = (x: Nd) =>
      map(x, (value, [b, row]) => {
        const square = total([shared], ([i]) => at(x, [b, row, i]) ** 2);
        return value / Math.sqrt(Math.max(square, 1e-7));
      });
    return {
      config: {axes: 2, normalize},
      inputs: [
        [batch, rows, shared],
        [batch, columns, shared],
      ],
      layer: () => layers.dot({axes: 2, normalize}),
      define: (inputs) => {
        const [a, b] = normalize ? inputs.map(unit) : inputs;
        return nd([batch, rows, columns], ([i, r, s]) =>
          total([shared], ([k]) => at(a, [i, r, k]) * at(b, [i, s, k])),
        );
      },
    };
  });

export const softmax = shapes(2, 4).map(
  (shape): Case => ({
    config: {},
    inputs: [shape],
    layer: () => layers.softmax({axis: -1}),
    define: ([x]) =>
      map(x, (value, index) => {
        const place = index.slice(0, -1);
        return Math.exp(value) / total(shape.slice(-1), ([i]) => Math.exp(at(x, [...place, i])));
      }),
  }),
);

export const layerNormalization = fc
  .record({shape: shapes(2, 4), center: fc.boolean(), scale: fc.boolean()})
  .map(({shape, ...config}): Case => {
    const length = shape[shape.length - 1];
    return {
      config,
      inputs: [shape],
      layer: () => layers.layerNormalization(config),
      define: ([x], weights) => {
        const rest = [...weights];
        const gamma = config.scale ? rest.shift() : undefined;
        const beta = config.center ? rest.shift() : undefined;
        return map(x, (value, index) => {
          const place = index.slice(0, -1);
          const i = index[place.length];
          const mean = total([length], ([k]) => at(x, [...place, k])) / length;
          const variance = total([length], ([k]) => (at(x, [...place, k]) - mean) ** 2) / length;
          const normal = (value - mean) / Math.sqrt(variance + 1e-3);
          return normal * (gamma?.values[i] ?? 1) + (beta?.values[i] ?? 0);
        });
      },
      trains: config.center && config.scale,
    };
  });
