import {
  backend_util,
  MaxPool,
  type MaxPool3DAttrs,
  type MaxPool3DGradAttrs,
  type MaxPool3DGradInputs,
  type MaxPool3DInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';
import {maxPoolGrad} from './maxPoolGrad';

type MaxPool3D = Kernel<MaxPool3DInputs, MaxPool3DAttrs>;
type MaxPool3DGrad = Kernel<MaxPool3DGradInputs, MaxPool3DGradAttrs>;
type Attrs = Pick<MaxPool3DAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

/**
 * Max pooling in 3D: first within each frame, then along the depth. The stock kernel outputs 1.2e-38 if no input is
 * positive, and shifts windows smaller than their strides, as the CPU backend does. Falls back to it for explicit paddings.
 */
export const maxPool3d =
  (stock: MaxPool3D): MaxPool3D =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const two = stages(inputs.x, attrs);
    if (!two) return stock(args);
    return compose(backend, (run) => {
      const frames = run(MaxPool, {x: two.frames}, two.inFrames);
      return {...run(MaxPool, {x: two.columns(frames)}, two.alongDepth), shape: two.outShape};
    });
  };

/** The gradient of max pooling in 3D: adds each dy to the first maximum of its window, as in 2D. The CPU backend uses the last. */
export const maxPool3dGrad =
  (stock: MaxPool3DGrad): MaxPool3DGrad =>
  (args) => {
    const {dy, input} = args.inputs;
    const {attrs, backend} = args;
    const two = stages(input, attrs);
    if (!two) return stock(args);
    const grad = maxPoolGrad();
    return compose(backend, (run, track) => {
      const frames = run(MaxPool, {x: two.frames}, two.inFrames);
      const columns = two.columns(frames);
      const output = run(MaxPool, {x: columns}, two.alongDepth);
      const back = grad({
        inputs: {dy: {...dy, shape: output.shape}, input: columns, output},
        attrs: two.alongDepth,
        backend,
      });
      track(back);
      const dx = grad({
        inputs: {dy: {...back, shape: frames.shape}, input: two.frames, output: frames},
        attrs: two.inFrames,
        backend,
      });
      return {...track(dx), shape: input.shape};
    });
  };

/**
 * Pooling in 3D as two poolings in 2D: one over each frame, and one over images whose rows are whole frames. Undefined for
 * explicit paddings.
 */
function stages(x: TensorInfo, {filterSize, strides, pad, dimRoundingMode}: Attrs) {
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const {batchSize, inDepth, inHeight, inWidth, inChannels, outHeight, outWidth, outShape} = info;
  if (typeof pad !== 'string') return undefined;
  const attrs = (size: [number, number], step: [number, number]) => ({
    filterSize: size,
    strides: step,
    pad,
  });
  return {
    frames: {...x, shape: [batchSize * inDepth, inHeight, inWidth, inChannels]},
    inFrames: attrs([info.filterHeight, info.filterWidth], [info.strideHeight, info.strideWidth]),
    columns: (frames: TensorInfo) => ({
      ...frames,
      shape: [batchSize, inDepth, outHeight * outWidth, inChannels],
    }),
    alongDepth: attrs([info.filterDepth, 1], [info.strideDepth, 1]),
    outShape,
  };
}
