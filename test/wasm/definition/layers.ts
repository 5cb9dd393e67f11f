import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import {type Case, format, moving} from './cases';
import {convolutional, depthwiseConv2d, dilated, separableConv2d, transposing} from './convolutions';
import {cropping2d, resizing, upSampling2d, zeroPadding2d} from './images';
import {broadcast, channelsLast, map} from './nd';
import {gatedRecurrent, longShortTerm, simpleRnn} from './recurrent';
import {concatenate, dense, dot, layerNormalization, merging, softmax} from './vectors';
import {pool} from './windows';

const {layers} = tf;

function pooling(rank: 1 | 2 | 3, kind: 'max' | 'average'): fc.Arbitrary<Case> {
  const make = {
    max: {1: layers.maxPooling1d, 2: layers.maxPooling2d, 3: layers.maxPooling3d},
    average: {1: layers.averagePooling1d, 2: layers.averagePooling2d, 3: layers.averagePooling3d},
  }[kind][rank] as typeof layers.maxPooling2d;
  return moving(rank, {length: rank === 3 ? 5 : 7, size: 3, stride: 4}).map(({input, isFirst, steps}) => {
    const {size, strides, padding} = steps;
    const config = {
      poolSize: rank === 1 ? size[0] : size,
      strides: rank === 1 ? strides[0] : strides,
      padding,
      dataFormat: format(isFirst),
    };
    return {
      config,
      inputs: [input],
      layer: () => make(config as Parameters<typeof layers.maxPooling2d>[0]),
      define: ([x]) => channelsLast(x, isFirst, (x) => pool(x, steps, kind)),
    };
  });
}

const prelu = fc
  .record({
    batch: between(1, 3),
    lengths: fc.array(between(1, 5), {minLength: 1, maxLength: 4}),
    seed: fc.nat(15),
  })
  .map(({batch, lengths, seed}): Case => {
    const sharedAxes = lengths.map((_, i) => i + 1).filter((axis) => seed & (1 << (axis - 1)));
    const config = {sharedAxes};
    return {
      config,
      inputs: [[batch, ...lengths]],
      layer: () => layers.prelu(config),
      define: ([x], [alpha]) =>
        broadcast([x, alpha], ([value, slope]) => (value > 0 ? value : slope * value)),
    };
  });

const batchNormalization = fc
  .record({
    shape: fc.array(between(1, 5), {minLength: 2, maxLength: 4}),
    axis: between(1, 3),
    center: fc.boolean(),
    scale: fc.boolean(),
  })
  .map(({shape, axis, ...config}) => ({shape, config: {axis: axis % shape.length || -1, ...config}}))
  .map(({shape, config}): Case => {
    const {axis, center, scale} = config;
    const along = axis < 0 ? shape.length - 1 : axis;
    return {
      config,
      inputs: [shape],
      layer: () => layers.batchNormalization(config),
      define: ([x], weights) => {
        const rest = [...weights];
        const gamma = scale ? rest.shift() : undefined;
        const beta = center ? rest.shift() : undefined;
        const [mean, variance] = rest;
        return map(x, (value, index) => {
          const i = index[along];
          const normal = (value - mean.values[i]) / Math.sqrt(variance.values[i] + 1e-3);
          return normal * (gamma?.values[i] ?? 1) + (beta?.values[i] ?? 0);
        });
      },
      trains: along === shape.length - 1 && center && scale,
    };
  });

/** The layers of tfjs by kind. */
export const kinds: Record<string, fc.Arbitrary<Case>> = {
  Conv1D: convolutional(1),
  Conv2D: convolutional(2),
  Conv3D: convolutional(3),
  'Conv1D, dilated': dilated(1),
  'Conv2D, dilated': dilated(2),
  'Conv3D, dilated': dilated(3),
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: transposing(2),
  Conv3DTranspose: transposing(3),
  MaxPooling1D: pooling(1, 'max'),
  MaxPooling2D: pooling(2, 'max'),
  MaxPooling3D: pooling(3, 'max'),
  AveragePooling1D: pooling(1, 'average'),
  AveragePooling2D: pooling(2, 'average'),
  AveragePooling3D: pooling(3, 'average'),
  PReLU: prelu,
  BatchNormalization: batchNormalization,
  UpSampling2D: upSampling2d('nearest'),
  'UpSampling2D, bilinear': upSampling2d('bilinear'),
  Resizing: resizing,
  ZeroPadding2D: zeroPadding2d,
  Cropping2D: cropping2d,
  Dense: dense,
  'Add, Multiply, Average, Maximum, Minimum': merging,
  Concatenate: concatenate,
  Dot: dot,
  Softmax: softmax,
  LayerNormalization: layerNormalization,
  SimpleRNN: simpleRnn,
  GRU: gatedRecurrent,
  LSTM: longShortTerm,
};
