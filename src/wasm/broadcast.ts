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
 * Tiles a kernel's named parameters to the shape of x. The stock kernels read parameters cyclically, which is correct only
 * if they broadcast along leading dimensions.
 */
const repeating =
  <Inputs extends {x?: TensorInfo}, Attrs extends object>(...names: (keyof Inputs)[]) =>
  (stock: Kernel<Inputs, Attrs>): Kernel<Inputs, Attrs> =>
  (args) =>
    compose(args.backend, (run) => {
      const inputs = {...args.inputs};
      for (const name of names) {
        const parameter = inputs[name] as TensorInfo | undefined | null;
        if (parameter) inputs[name] = repeated(run, parameter, inputs.x.shape);
      }
      return stock({...args, inputs});
    });

/** The parameter itself if it spans the last dimensions of the shape, else tiled to the whole shape. */
function repeated(run: Run, parameter: TensorInfo, shape: number[]): TensorInfo {
  const all = [...Array(shape.length - parameter.shape.length).fill(1), ...parameter.shape];
  const first = all.findIndex((length) => length > 1);
  if (first < 0 || util.arraysEqual(all.slice(first), shape.slice(first))) return parameter;
  const reps = shape.map((length, axis) => length / all[axis]);
  return run(Tile, {x: {...parameter, shape: all}}, {reps});
}

/** max(x, 0) + alpha · min(x, 0); alpha broadcasts along any axes. */
export const prelu = repeating<PreluInputs, object>('alpha');

/** (x − mean) / √(variance + ε) · scale + offset, along any axis. */
export const fusedBatchNorm = repeating<FusedBatchNormInputs, FusedBatchNormAttrs>(
  'mean',
  'variance',
  'offset',
  'scale',
);
