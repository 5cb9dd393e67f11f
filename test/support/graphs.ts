import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {prunableWeights} from 'tfjs-pruning';
import {variableIn} from '../../src/model/tfjs';
import {hasMaskedWeight} from '../../src/model/weight';
import {seeded} from './models';

type Layer = tf.layers.Layer;

/** A step of a random network: an operation, and the indices of its tensors. */
export interface Step {
  kind: number;
  at: number;
  other: number;
  size: number;
  activation: 'relu' | 'tanh' | 'sigmoid' | 'linear' | 'elu' | 'softplus' | 'swish' | 'selu';
  padding: 'same' | 'valid';
  useBias: boolean;
  /** The stride and the dilation of windows. */
  strides: number;
  dilation: number;
  scale: boolean;
  center: boolean;
}

export const stepOf: fc.Arbitrary<Step> = fc.record({
  kind: fc.nat(18),
  at: fc.nat(7),
  other: fc.nat(7),
  size: fc.integer({min: 1, max: 5}),
  activation: fc.constantFrom('relu', 'tanh', 'sigmoid', 'linear', 'elu', 'softplus', 'swish', 'selu'),
  padding: fc.constantFrom('same', 'valid'),
  useBias: fc.boolean(),
  strides: fc.constantFrom(1, 1, 1, 2),
  dilation: fc.constantFrom(1, 1, 1, 2),
  scale: fc.boolean(),
  center: fc.boolean(),
});

const call = (layer: Layer, input: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
  layer.apply(input) as tf.SymbolicTensor;
const sameShape = (a: tf.SymbolicTensor, b: tf.SymbolicTensor) => `${a.shape}` === `${b.shape}`;
const samePlace = (a: tf.SymbolicTensor, b: tf.SymbolicTensor) =>
  `${a.shape.slice(0, -1)}` === `${b.shape.slice(0, -1)}`;

/** A network on images with branches; skips steps that do not fit, and outputs all unused tensors. */
export function imageNetwork(steps: readonly Step[], ends: boolean): tf.LayersModel {
  let seed = 1;
  const init = () => ({kernelInitializer: seeded(seed++), biasInitializer: seeded(seed++)});
  const input = tf.input({shape: [6, 6, 2]});
  const tensors = [input];
  const shared = new Map<string, Layer>();
  const {layers} = tf;
  for (const {kind, at, other, size, activation, padding, useBias, scale, center, ...step} of steps) {
    const x = tensors[at % tensors.length];
    const y = tensors[other % tensors.length];
    const [height, width, channels] = x.shape.slice(1) as number[];
    const isLarge = height >= 3 && width >= 3;
    const {strides, dilation} = isLarge ? step : {strides: 1, dilation: 1};
    // tfjs supports only one of them; a dilated window of 3 spans 5.
    const dilationRate = strides === 1 && (padding === 'same' || Math.min(height, width) >= 5) ? dilation : 1;
    const window = {kernelSize: 3, padding, strides};
    const conv = {filters: size, activation, useBias, ...init()};
    const depthwise = {kernelSize: 3, padding, activation, useBias, biasInitializer: seeded(seed++)};
    const makers: ((() => tf.SymbolicTensor) | false)[] = [
      (isLarge || padding === 'same') && (() => call(layers.conv2d({...conv, ...window, dilationRate}), x)),
      () => call(layers.conv2d({...conv, kernelSize: 1}), x),
      () =>
        call(
          layers.batchNormalization({
            scale,
            center,
            gammaInitializer: seeded(seed++),
            betaInitializer: seeded(seed++),
            movingMeanInitializer: seeded(seed++),
            movingVarianceInitializer: tf.initializers.randomUniform({minval: 0.5, maxval: 2, seed: seed++}),
          }),
          x,
        ),
      (isLarge || padding === 'same') &&
        (() =>
          call(
            layers.depthwiseConv2d({
              ...depthwise,
              depthMultiplier: 1 + (size % 2),
              depthwiseInitializer: seeded(seed++),
            }),
            x,
          )),
      (isLarge || padding === 'same') &&
        (() =>
          call(
            layers.separableConv2d({
              ...depthwise,
              filters: size,
              strides,
              depthMultiplier: 1 + (size % 2),
              depthwiseInitializer: seeded(seed++),
              pointwiseInitializer: seeded(seed++),
            }),
            x,
          )),
      x !== y &&
        sameShape(x, y) &&
        (() =>
          call(
            [layers.add(), layers.multiply(), layers.average(), layers.maximum(), layers.minimum()][size - 1],
            [x, y],
          )),
      x !== y && samePlace(x, y) && (() => call(layers.concatenate(), [x, y])),
      () => call(layers.activation({activation}), x),
      () =>
        call(layers.prelu({alphaInitializer: seeded(seed++), sharedAxes: size > 2 ? [1, 2] : undefined}), x),
      isLarge &&
        (() => call((size > 2 ? layers.maxPooling2d : layers.averagePooling2d)({poolSize: 2, padding}), x)),
      () => call(layers.zeroPadding2d({padding: 1}), x),
      height < 6 && (() => call(layers.upSampling2d({size: [2, 2]}), x)),
      // Called again for equal numbers of channels.
      () => {
        const key = `${channels} ${size} ${activation}`;
        const layer = shared.get(key) ?? layers.conv2d({...conv, kernelSize: 1});
        shared.set(key, layer);
        return call(layer, x);
      },
      height < 6 && (() => call(layers.conv2dTranspose({...conv, kernelSize: 2, padding, strides}), x)),
      () => call(layers.reshape({targetShape: [width, height, channels]}), x),
      // Splits channels, as for attention heads.
      channels % 2 === 0
        ? () => call(layers.reshape({targetShape: [height, width * 2, channels / 2]}), x)
        : width % 2 === 0 &&
          (() => call(layers.reshape({targetShape: [height, width / 2, channels * 2]}), x)),
      () => call(layers.permute({dims: [2, 1, 3]}), x),
      () => call(layers.dense({...conv, units: size}), x),
      // A residual around a block.
      () =>
        call(layers.add(), [
          x,
          call(
            layers.conv2d({...conv, filters: channels, kernelSize: 3, padding: 'same', activation: 'linear'}),
            x,
          ),
        ]),
    ];
    const make = makers[kind % makers.length];
    if (make && tensors.length < 12) {
      tensors.push(make());
    }
  }
  const used = (tensor: tf.SymbolicTensor) =>
    tensors.some(({sourceLayer}) =>
      sourceLayer.inboundNodes.some(
        ({inputTensors}) =>
          inputTensors.includes(tensor) &&
          !inputTensors.includes(sourceLayer.inboundNodes[0].outputTensors[0]),
      ),
    );
  const loose = tensors.slice(1).filter((tensor) => !used(tensor));
  const outputs = loose.map((tensor, i) => {
    const flat = i % 2 === 0 ? layers.flatten() : layers.globalAveragePooling2d({});
    return ends
      ? call(layers.dense({units: 2, ...init()}), call(flat, tensor))
      : call(layers.flatten(), tensor);
  });
  return tf.model({inputs: input, outputs: outputs.length > 0 ? outputs : [call(layers.flatten(), input)]});
}

/** Masks random channels of a model: all their elements, or only some. */
export function maskAtRandom(model: tf.LayersModel, seed: number, share: number): void {
  const random = mulberry(seed);
  for (const {value, mask, axes, gates} of prunableWeights(model)) {
    const {shape} = value;
    const last = [axes.output].flat();
    const units = last.reduce((product, axis) => product * shape[axis], 1) / gates;
    const goes = Array.from({length: units}, () => random() < share);
    goes[Math.floor(random() * units)] = false;
    const byElement = random() < 0.3;
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
    const bits = Array.from({length: value.size}, (_, i) => {
      const unit = last.reduce(
        (place, axis) => place * shape[axis] + (Math.floor(i / strides[axis]) % shape[axis]),
        0,
      );
      return byElement ? +(i === 0 || random() > share) : +!goes[unit % units];
    });
    tf.tidy(() => {
      mask.assign(tf.tensor(bits, shape, 'bool'));
    });
  }
  // Also some biases, so that some channels are 0 and others constant.
  for (const layer of model.layers) {
    const bias = variableIn(layer, 'bias');
    if (bias && hasMaskedWeight(layer) && random() < 0.5) {
      const kept = Array.from({length: bias.shape[0] as number}, () => +(random() > share));
      tf.tidy(() => {
        bias.write(tf.mul(bias.read(), kept));
      });
    }
  }
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
