import {
  engine,
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type FusedBatchNormInputs,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import type {GradientOf} from './gradients';

type BatchNorm = Kernel<FusedBatchNormInputs, FusedBatchNormAttrs>;
type Attrs = {readonly varianceEpsilon: number};

/** Whether a tensor has a number for each column of x. */
const isPerColumn = ({shape}: TensorInfo, x: TensorInfo) =>
  shape.length === 1 && x.shape.length > 1 && shape[0] === x.shape[x.shape.length - 1];

const rowsOf = ({shape}: TensorInfo) => util.sizeFromShape(shape.slice(0, -1));

/** Along the last axis, in one pass; the stock kernel divides and takes a root for each number. The rest is left to `stock`. */
export const batchNormOfColumns =
  (stock: BatchNorm): BatchNorm =>
  (args) => {
    const {inputs, attrs, backend} = args;
    const {x, mean, variance} = inputs;
    const scale: TensorInfo | undefined = inputs.scale ?? undefined;
    const offset: TensorInfo | undefined = inputs.offset ?? undefined;
    const parameters = [mean, variance, scale, offset].filter((parameter) => parameter !== undefined);
    if (x.dtype !== 'float32' || !parameters.every((parameter) => isPerColumn(parameter, x)))
      return stock(args);
    const y = backend.makeOutput(x.shape, 'float32');
    const factors = backend.makeOutput(mean.shape, 'float32');
    const offsets = offset ?? backend.makeOutput(mean.shape, 'float32');
    backend.typedArrayFromHeap(factors).set(factorsOf(backend, variance, scale, attrs));
    if (offset === undefined) backend.typedArrayFromHeap(offsets).fill(0);
    const [from, center, by, added, to] = [x, mean, factors, offsets, y].map((one) => address(backend, one));
    simd(backend).normalizeColumns(from, rowsOf(x), mean.shape[0], center, by, added, to);
    backend.disposeData(factors.dataId);
    if (offset === undefined) backend.disposeData(offsets.dataId);
    return y;
  };

/** scale / √(variance + ε) of each column. */
function factorsOf(
  backend: WasmBackend,
  variance: TensorInfo,
  scale: TensorInfo | undefined,
  {varianceEpsilon}: Attrs,
): Float32Array {
  const scales = scale && backend.typedArrayFromHeap(scale);
  return Float32Array.from(
    backend.typedArrayFromHeap(variance),
    (value, i) => (scales?.[i] ?? 1) / Math.sqrt(value + varianceEpsilon),
  );
}

type GradInputs = Record<'dy' | 'x' | 'mean' | 'variance', TensorInfo> & {scale?: TensorInfo};

/** The gradients by mean, variance, scale and offset, and the factor of each column for that by x. */
const batchNormGrads =
  (): Kernel<GradInputs, Attrs, TensorInfo[]> =>
  ({inputs, attrs, backend}) => {
    const {dy, x, mean, variance, scale}: GradInputs = inputs;
    const [depth] = mean.shape;
    const sums = backend.makeOutput([2, depth], 'float32');
    const [from, by, center, to] = [x, dy, mean, sums].map((one) => address(backend, one));
    simd(backend).sumColumns(from, by, rowsOf(x), depth, center, to);
    const made = [0, 1, 2, 3, 4].map(() => backend.makeOutput([depth], 'float32'));
    const [byMean, byVariance, byScale, byOffset, factors] = made.map((one) =>
      backend.typedArrayFromHeap(one),
    );
    factors.set(factorsOf(backend, variance, scale, attrs));
    const total = backend.typedArrayFromHeap(sums);
    const variances = backend.typedArrayFromHeap(variance);
    for (let d = 0; d < depth; d++) {
      const [sum, product] = [total[d], total[depth + d]];
      const spread = variances[d] + attrs.varianceEpsilon;
      byMean[d] = -factors[d] * sum;
      byVariance[d] = (-0.5 * factors[d] * product) / spread;
      byScale[d] = product / Math.sqrt(spread);
      byOffset[d] = sum;
    }
    backend.disposeData(sums.dataId);
    return made;
  };

/** The product of each column with a factor. */
const scaleColumns =
  (): Kernel<Record<'x' | 'factors', TensorInfo>> =>
  ({inputs: {x, factors}, backend}) => {
    const y = backend.makeOutput(x.shape, 'float32');
    const [from, by, to] = [x, factors, y].map((one) => address(backend, one));
    simd(backend).scaleColumns(from, rowsOf(x), factors.shape[0], by, to);
    return y;
  };

export const batchNormKernels = {BatchNormGrads: batchNormGrads, ScaleColumns: scaleColumns};

/** The gradients of a batch norm along the last axis, in two passes over memory, where those of tfjs take a dozen. */
export const batchNormGradients: Readonly<Record<string, GradientOf>> = {
  [FusedBatchNorm]: (stock) => (dy, saved, attrs) => {
    const [x, mean, variance, scale] = saved;
    const isPlain = [x, mean, variance, scale ?? mean].every(({dtype}) => dtype === 'float32');
    if (!isPlain || !isPerColumn(mean, x)) return stock(dy, saved, attrs);
    const inputs = {dy, x, mean, variance, ...(scale && {scale})} as NamedTensorMap;
    const [byMean, byVariance, byScale, byOffset, factors] = engine().runKernel(
      'BatchNormGrads',
      inputs,
      Object(attrs),
    ) as Tensor[];
    return {
      x: () => engine().runKernel('ScaleColumns', {x: dy as Tensor, factors}),
      mean: () => byMean,
      variance: () => byVariance,
      scale: () => byScale,
      offset: () => byOffset,
    };
  },
};
