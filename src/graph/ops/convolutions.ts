import type {Tensor} from '@tensorflow/tfjs-core';
import {layers} from '@tensorflow/tfjs-layers';
import {flag} from '../attributes';
import {batchToSpaceOp, spaceToBatchOp} from '../layers/blocks';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {shapeOf, type Value} from '../value';
import {fusedIn} from './fused';
import {type Pair, type Window, windowInBlocks, windowOf} from './window';

/** Zeros around images. */
function padded(scope: Scope, input: Value, padding: [Pair, Pair]): Value {
  if (padding.flat().every((count) => count === 0)) return input;
  return scope.layer(layers.zeroPadding2d, {padding}, [input]);
}

/** The layer of a product of images. */
type Multiply = (input: Value, window: Pick<Window, 'strides' | 'padding'>) => Value;

/**
 * A dilated product as the product of blocks, one for each phase of the dilation: tfjs has no gradient of dilated convolutions,
 * and ignores the dilation of depthwise ones.
 */
function dilated(
  scope: Scope,
  input: Value,
  {dilationRate, padding, ...window}: Window,
  kernel: Pair,
  multiply: Multiply,
): Value {
  const size = shapeOf(input).slice(1, 3);
  const margins = dilationRate.map((rate, i): Pair => {
    const all = padding === 'same' ? (kernel[i] - 1) * rate : 0;
    return window.margins?.[i] ?? [Math.floor(all / 2), Math.ceil(all / 2)];
  });
  const rests = dilationRate.map((rate, i) => {
    const length = size[i];
    if (length === null)
      throw new Unsupported(
        'it is dilated, and the size of its input varies; fix it by the option inputShapes',
      );
    return (rate - ((length + margins[i][0] + margins[i][1]) % rate)) % rate;
  });
  const whole = margins.map(([before, after], i): Pair => [before, after + rests[i]]) as [Pair, Pair];
  const blocks = scope.layer(spaceToBatchOp, {block: dilationRate}, [padded(scope, input, whole)]);
  const product = multiply(blocks, {...window, padding: 'valid'});
  return scope.layer(batchToSpaceOp, {block: dilationRate, crops: rests as Pair}, [product]);
}

type LayerConfig = Parameters<typeof layers.depthwiseConv2d>[0];

/** A product of images with a filter, its second input. */
const images =
  (layerFor: (filter: Tensor, config: LayerConfig) => layers.Layer): Convert =>
  async (node, scope) => {
    const filter = scope.constant(node, 1);
    const kernelSize = filter.shape.slice(0, 2) as Pair;
    const {weights, useBias, activation, after} = fusedIn(node, scope);
    const config = {kernelSize, useBias, activation, weights: weights(filter)};
    const multiply: Multiply = (input, {strides, padding}) =>
      after(scope.layer((all) => layerFor(filter, all), {...config, strides, padding}, [input]));
    const window = flag(node, 'in_blocks') ? await windowInBlocks(node, scope) : windowOf(node);
    const input = scope.natural(scope.batched(scope.value(node, 0)));
    if (window.dilationRate.some((rate) => rate > 1))
      return dilated(scope, input, window, kernelSize, multiply);
    const {
      margins = [
        [0, 0],
        [0, 0],
      ],
    } = window;
    return multiply(padded(scope, input, [...margins]), window);
  };

const convolution = images(({shape}, config) => layers.conv2d({...config, filters: shape[3] as number}));

const depthwise = images(({shape}, config) =>
  layers.depthwiseConv2d({...config, depthMultiplier: shape[3] as number}),
);

const transposed: Convert = async (node, scope) => {
  const filter = scope.constant(node, 1);
  const input = scope.natural(scope.batched(scope.value(node, 2)));
  const {dilationRate, margins, ...window} = windowOf(node);
  if (dilationRate.some((rate) => rate !== 1)) throw new Unsupported('it is dilated');
  if (margins !== undefined) throw new Unsupported('its padding is explicit');
  const kernelSize = filter.shape.slice(0, 2) as [number, number];
  const filters = filter.shape[2] as number;
  const config = {...window, kernelSize, filters, useBias: false, weights: [filter]};
  const value = scope.layer(layers.conv2dTranspose, config, [input]);
  const expected = (await scope.numbers(node, 0)).slice(1);
  if (`${shapeOf(value).slice(1)}` !== `${expected}`) {
    throw new Unsupported(`its output is [${expected}], and that of the layer [${shapeOf(value).slice(1)}]`);
  }
  return value;
};

export const convolutions: Readonly<Record<string, Convert>> = {
  ...{Conv2D: convolution, _FusedConv2D: convolution},
  ...{DepthwiseConv2d: depthwise, DepthwiseConv2dNative: depthwise, FusedDepthwiseConv2dNative: depthwise},
  Conv2DBackpropInput: transposed,
};
