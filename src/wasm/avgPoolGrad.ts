import {
  type AvgPool3DGradAttrs,
  type AvgPool3DGradInputs,
  type AvgPoolGradAttrs,
  type AvgPoolGradInputs,
  backend_util,
  PadV2,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';
import {axesOf, type Info, reachedShape} from './windows';

/**
 * The gradient of average pooling: the elements under a window share its dy. At a padded edge there are fewer of them, but
 * the stock kernels, like those of the CPU backend, divide by the full window size there. The 3D stock kernel also shifts
 * windows smaller than their strides. Falls back to the stock kernel for explicit paddings.
 */
const gradient =
  <Inputs extends AvgPoolGradInputs, Attrs extends {pad: unknown}>(
    infoOf: (shape: number[], attrs: Attrs) => Info,
  ) =>
  (stock: Kernel<Inputs, Attrs>): Kernel<Inputs, Attrs> =>
  (args) => {
    const {inputs, attrs, backend} = args;
    if (attrs.pad !== 'same') return stock(args);
    const {shape} = inputs.input;
    const info = infoOf(shape, attrs);
    const reached = reachedShape(shape, info);
    return compose(backend, (run, track) => {
      const dy = track(weighted(backend, inputs.dy, info));
      const x = track(stock({...args, inputs: {...inputs, dy, input: {...inputs.input, shape: reached}}}));
      if (util.arraysEqual(reached, shape)) return x;
      const paddings = shape.map((length, axis) => [0, length - reached[axis]]);
      return run(PadV2, {x}, {paddings, constantValue: 0});
    });
  };

/** dy · window size / number of elements under the window. */
function weighted(backend: WasmBackend, dy: TensorInfo, info: Info): TensorInfo {
  let weights = [1];
  for (const {length, out, stride, window, before} of axesOf(info)) {
    const along = Array.from({length: out}, (_, place) => {
      const start = place * stride - before;
      return window / (Math.min(length, start + window) - Math.max(0, start));
    });
    weights = weights.flatMap((weight) => along.map((one) => weight * one));
  }
  const product = backend.makeOutput(dy.shape, 'float32');
  const from = backend.typedArrayFromHeap(dy);
  const to = backend.typedArrayFromHeap(product);
  const {outChannels} = info;
  for (let i = 0, place = 0; i < to.length; place = (place + 1) % weights.length) {
    const weight = weights[place];
    for (const end = i + outChannels; i < end; i++) to[i] = from[i] * weight;
  }
  return product;
}

/** Average pooling in 2D. */
export const avgPoolGrad = gradient<AvgPoolGradInputs, AvgPoolGradAttrs>(
  (shape, {filterSize, strides, pad}) =>
    backend_util.computePool2DInfo(shape as [number, number, number, number], filterSize, strides, 1, pad),
);

/** Average pooling in 3D. */
export const avgPool3dGrad = gradient<AvgPool3DGradInputs, AvgPool3DGradAttrs>(
  (shape, {filterSize, strides, pad}) =>
    backend_util.computePool3DInfo(
      shape as [number, number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
    ),
);
