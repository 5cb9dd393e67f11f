import {
  clipByValue,
  div,
  engine,
  expandDims,
  type GradConfig,
  type GradFunc,
  log,
  mul,
  neg,
  sum,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type {Kernel, WasmBackend} from '../backend';
import type {GradientOf} from './gradients';

const CategoricalCrossentropy = 'CategoricalCrossentropy';
const CategoricalCrossentropyGrad = 'CategoricalCrossentropyGrad';
const SoftmaxGrad = 'SoftmaxGrad';

/** The range to which tfjs-layers clips probabilities. */
const range = () => {
  const epsilon = engine().backend.epsilon();
  return [Math.fround(epsilon), Math.fround(1 - epsilon)] as const;
};

const rowsOf = ({shape}: TensorInfo) => shape.slice(0, -1);

/** Passes each row of tensors of one shape to a function, as where it begins and ends. */
function forEachRow({shape}: TensorInfo, visit: (start: number, end: number, row: number) => void): void {
  const depth = shape[shape.length - 1];
  const rows = util.sizeFromShape(shape) / (depth || 1);
  for (let row = 0; row < rows; row++) visit(row * depth, (row + 1) * depth, row);
}

function sumOf(values: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += values[i];
  return sum;
}

type Inputs = Record<'target' | 'output', TensorInfo>;

const valuesOf = (backend: WasmBackend, infos: readonly TensorInfo[]) =>
  infos.map((info) => backend.typedArrayFromHeap(info));

/** -Σ target · log(output / Σ output) of each row, with clipped probabilities. */
const crossentropy =
  (): Kernel<Inputs> =>
  ({inputs: {target, output}, backend}) => {
    const losses = backend.makeOutput(rowsOf(output), 'float32');
    const [wanted, given, to] = valuesOf(backend, [target, output, losses]);
    const [low, high] = range();
    forEachRow(output, (start, end, row) => {
      const sum = Math.fround(sumOf(given, start, end));
      let loss = 0;
      for (let i = start; i < end; i++) {
        // Most targets are 0. A NaN is in the sum, and so in every probability.
        if (wanted[i] !== 0)
          loss -= wanted[i] * Math.log(Math.min(Math.max(Math.fround(given[i] / sum), low), high));
      }
      to[row] = loss;
    });
    return losses;
  };

/** The gradient by the output: that by the probability p = output / sum, less its mean weighted by p, over the sum. */
const crossentropyGrad =
  (): Kernel<Inputs & {dy: TensorInfo}> =>
  ({inputs: {dy, target, output}, backend}) => {
    const made = backend.makeOutput(output.shape, 'float32');
    const [factors, wanted, given, to] = valuesOf(backend, [dy, target, output, made]);
    const [low, high] = range();
    forEachRow(output, (start, end, row) => {
      const sum = Math.fround(sumOf(given, start, end));
      let mean = 0;
      for (let i = start; i < end; i++) {
        const p = Math.fround(given[i] / sum);
        const isClipped = p < low || p > high;
        const byProbability = isClipped || wanted[i] === 0 ? 0 : (-factors[row] * wanted[i]) / p;
        to[i] = byProbability;
        mean += byProbability * p;
      }
      for (let i = start; i < end; i++) to[i] = (to[i] - mean) / sum;
    });
    return made;
  };

/** (dy - Σ dy · y) · y of each row. */
const softmaxGrad =
  (): Kernel<Record<'dy' | 'y', TensorInfo>> =>
  ({inputs: {dy, y}, backend}) => {
    const dx = backend.makeOutput(y.shape, 'float32');
    const [by, given, to] = valuesOf(backend, [dy, y, dx]);
    forEachRow(y, (start, end) => {
      let mean = 0;
      for (let i = start; i < end; i++) mean += by[i] * given[i];
      for (let i = start; i < end; i++) to[i] = (by[i] - mean) * given[i];
    });
    return dx;
  };

export const crossentropyKernels = {
  [CategoricalCrossentropy]: crossentropy,
  [CategoricalCrossentropyGrad]: crossentropyGrad,
  [SoftmaxGrad]: softmaxGrad,
};

export const crossentropyGradient: GradConfig = {
  kernelName: CategoricalCrossentropy,
  inputsToSave: ['target', 'output'],
  gradFunc: ((dy: Tensor, [target, output]: Tensor[]) => ({
    output: () => engine().runKernel(CategoricalCrossentropyGrad, {dy, target, output}),
    target: () => {
      const probabilities = clipByValue(div(output, sum(output, -1, true)), ...range());
      return mul(expandDims(neg(dy), -1), log(probabilities));
    },
  })) as GradFunc,
};

/** The gradient of a softmax in one pass, where that of tfjs makes four. */
export const softmaxGradients: Readonly<Record<string, GradientOf>> = {
  Softmax: (stock) => (dy, saved, attrs) => {
    const [y] = saved;
    if (y.dtype !== 'float32' || y.size === 0) return stock(dy, saved, attrs);
    return {logits: () => engine().runKernel(SoftmaxGrad, {dy: dy as Tensor, y})};
  },
};

/** The categorical crossentropy of each row in one kernel; undefined where tfjs has to compute it. */
export function fusedCrossentropy(target: Tensor, output: Tensor): Tensor | undefined {
  const {backendName, state} = engine();
  const isPlain = [target, output].every(({dtype}) => dtype === 'float32');
  // Gradients of gradients are those of tfjs, as these have none.
  if (backendName !== 'wasm' || state.gradientDepth > 1 || !isPlain || output.size === 0) return undefined;
  if (!util.arraysEqual(target.shape, output.shape)) return undefined;
  return engine().runKernel(CategoricalCrossentropy, {target, output});
}
