import {
  type FusedBatchNormAttrs,
  type FusedBatchNormInputs,
  type PreluInputs,
  type TensorInfo,
  Tile,
  util,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type Run} from './backend';

/**
 * Makes the parameters of a kernel repeat along all of x, as they do where only leading dimensions are broadcast. (The kernels
 * of the backend take the parameters one after the other and start again at the end, which is right only there.)
 */
const repeating =
  <Inputs extends {x?: TensorInfo}, Attrs extends object>(...names: (keyof Inputs)[]) =>
  (original: Kernel<Inputs, Attrs>): Kernel<Inputs, Attrs> =>
  (args) =>
    compose(args.backend, (run) => {
      const inputs = {...args.inputs};
      for (const name of names) {
        const parameter = inputs[name] as TensorInfo | undefined | null;
        if (parameter) inputs[name] = repeated(run, parameter, inputs.x.shape);
      }
      return original({...args, inputs});
    });

/** A parameter as it is if it fills the last dimensions of a shape, or else repeated so that it fills all. */
function repeated(run: Run, parameter: TensorInfo, shape: number[]): TensorInfo {
  const all = [...Array(shape.length - parameter.shape.length).fill(1), ...parameter.shape];
  const first = all.findIndex((length) => length > 1);
  if (first < 0 || util.arraysEqual(all.slice(first), shape.slice(first))) return parameter;
  const reps = shape.map((length, axis) => length / all[axis]);
  return run(Tile, {x: {...parameter, shape: all}}, {reps});
}

/** max(x, 0) + alpha · min(x, 0), where axes of alpha may be shared. */
export const prelu = repeating<PreluInputs, object>('alpha');

/** (x − mean) / √(variance + ε) · scale + offset, along any axis. */
export const fusedBatchNorm = repeating<FusedBatchNormInputs, FusedBatchNormAttrs>(
  'mean',
  'variance',
  'offset',
  'scale',
);
