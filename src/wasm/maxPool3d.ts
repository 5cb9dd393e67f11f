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
 * Max pooling of volumes: of each frame, then along the depth. (The kernel that stood before gives 1.2e-38
 * where no input is positive.) What `stages` cannot do is left to the original.
 */
export const maxPool3d =
  (original: MaxPool3D): MaxPool3D =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const two = stages(inputs.x, attrs);
    if (!two) return original(args);
    return compose(backend, (run) => {
      const frames = run(MaxPool, {x: two.frames}, two.inFrames);
      return {...run(MaxPool, {x: two.columns(frames)}, two.alongDepth), shape: two.outShape};
    });
  };

/** Its gradient: each dy goes to the last maximum of its window, as on the CPU backend. */
export const maxPool3dGrad =
  (original: MaxPool3DGrad): MaxPool3DGrad =>
  (args) => {
    const {dy, input} = args.inputs;
    const {attrs, backend} = args;
    const two = stages(input, attrs);
    if (!two) return original(args);
    const grad = maxPoolGrad(true);
    return compose(backend, (run, own) => {
      const frames = run(MaxPool, {x: two.frames}, two.inFrames);
      const columns = two.columns(frames);
      const output = run(MaxPool, {x: columns}, two.alongDepth);
      const back = grad({
        inputs: {dy: {...dy, shape: output.shape}, input: columns, output},
        attrs: two.alongDepth,
        backend,
      });
      own(back);
      const dx = grad({
        inputs: {dy: {...back, shape: frames.shape}, input: two.frames, output: frames},
        attrs: two.inFrames,
        backend,
      });
      return {...own(dx), shape: input.shape};
    });
  };

/**
 * Pooling of volumes as two of images: each frame is one; then all of a frame's pixels are one row of one.
 * Nothing for a padding in numbers, and for 'same' with strides larger than the window, for which tfjs pads by
 * less than nothing.
 */
function stages(x: TensorInfo, {filterSize, strides, pad, dimRoundingMode}: Attrs) {
  const shape = x.shape as [number, number, number, number, number];
  const info = backend_util.computePool3DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const {batchSize, inDepth, inHeight, inWidth, inChannels, outHeight, outWidth, outShape, padInfo} = info;
  const {front, back, top, bottom, left, right} = padInfo;
  if (typeof pad !== 'string' || Math.min(front, back, top, bottom, left, right) < 0) return undefined;
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
