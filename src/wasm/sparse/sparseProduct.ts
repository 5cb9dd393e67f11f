import {
  engine,
  getKernel,
  type NamedAttrMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from '../backend';
import {address, sideModule} from '../sideModule';
import {binary} from './binary';
import {type Form, scratchOf} from './form';
import {isMatrix, isPadded, outputShape, paddedSize, reach, type Sizes, sizesOf, type Window} from './window';

const kernels = sideModule<'channels' | 'convolve' | 'multiply' | 'pad' | 'rows' | 'rowsBy4'>(binary);

/** What is multiplied: the inputs, and where the nonzeros of the kernel, as words, and a bias for each output are. */
export interface Inputs {
  readonly x: TensorInfo;
  readonly nonzeros: number;
  readonly bias: number;
}

export interface Attributes {
  readonly window: Window;
  readonly form: Form;
  readonly groups: number;
  readonly taken: number;
  /** What outputs are clamped to. */
  readonly low: number;
  readonly high: number;
}

/**
 * clamp(x * kernel + bias) by the nonzeros of the kernel.
 *
 * @param sizes Those of x under the window.
 * @param shape The shape of the output.
 */
export function sparseProduct(
  backend: WasmBackend,
  inputs: Inputs,
  attrs: Attributes,
  sizes: Sizes,
  shape: number[],
): TensorInfo {
  const y = backend.makeOutput(shape, 'float32');
  return compose(backend, (_, own) => {
    loops[attrs.form.loop](backend, inputs, attrs, sizes, y, own);
    return y;
  });
}

type Loop = (
  backend: WasmBackend,
  inputs: Inputs,
  attrs: Attributes,
  sizes: Sizes,
  y: TensorInfo,
  own: (info: TensorInfo) => TensorInfo,
) => void;

const loops: Record<Form['loop'], Loop> = {
  rows(backend, {x, nonzeros, bias}, {window, form, groups, low, high}, {width, depth}, y) {
    const loop = kernels(backend)[form.size === 4 ? 'rowsBy4' : 'rows'];
    const [from, to] = [x, y].map((info) => address(backend, info));
    for (let row = 0; row < width; row++) {
      loop(from + 4 * row * window.channels, nonzeros, groups, bias, low, high, to + 4 * row * depth);
    }
  },
  tiles(backend, inputs, attrs, sizes, y, own) {
    const {window, form} = attrs;
    const scratch = own(backend.makeOutput([scratchOf(form, window, sizes.depth)], 'float32'));
    if (isMatrix(window)) multiply(backend, inputs, attrs, sizes, y, scratch);
    else for (let i = 0; i < sizes.count; i++) convolve(backend, inputs, attrs, sizes, y, scratch, i);
  },
  channels(backend, {x, nonzeros, bias}, {window, low, high}, sizes, y, own) {
    const {count, height, width, padTop, padLeft, outHeight, outWidth, depth} = sizes;
    const [tall, wide] = paddedSize(window, sizes);
    const loop = kernels(backend);
    const padded = isPadded(window, sizes)
      ? address(backend, own(backend.makeOutput([tall, wide, depth], 'float32')))
      : undefined;
    const [from, to] = [x, y].map((info) => address(backend, info));
    const steps = [4 * wide * depth, window.rowStep, window.columnStep];
    for (let i = 0; i < count; i++) {
      const image = from + 4 * i * height * width * depth;
      const outputs = [to + 4 * i * outHeight * outWidth * depth, outHeight, outWidth, depth];
      if (padded !== undefined) {
        loop.pad(image, height, width, 4 * depth, tall, wide, padTop, padLeft, padded);
      }
      loop.channels(padded ?? image, ...steps, nonzeros, bias, low, high, ...outputs);
    }
  },
};

function multiply(
  backend: WasmBackend,
  {x, nonzeros, bias}: Inputs,
  {window: {channels}, form, groups, low, high}: Attributes,
  {width, depth}: Sizes,
  y: TensorInfo,
  scratch: TensorInfo,
): void {
  const [from, to, room] = [x, y, scratch].map((info) => address(backend, info));
  const weights = [nonzeros, groups, form.size, bias, low, high];
  kernels(backend).multiply(from, width, channels, ...weights, to, depth, room);
}

/** Convolves one of the images. */
function convolve(
  backend: WasmBackend,
  {x, nonzeros, bias}: Inputs,
  {window, form, groups, taken, low, high}: Attributes,
  {height, width, padTop, padLeft, outHeight, outWidth, depth}: Sizes,
  y: TensorInfo,
  scratch: TensorInfo,
  image: number,
): void {
  const {channels, rowStep, columnStep} = window;
  const at = (info: TensorInfo) => address(backend, info);
  const from = at(x) + 4 * image * height * width * channels;
  const to = at(y) + 4 * image * outHeight * outWidth * depth;
  const {size, bandHeight, plane} = form;
  const steps = [rowStep, columnStep, padTop, padLeft, ...reach(window)];
  const weights = [taken, nonzeros, groups, size, bias, low, high];
  const out = [to, outHeight, outWidth, depth, bandHeight, plane, at(scratch)];
  kernels(backend).convolve(from, height, width, channels, ...steps, ...weights, ...out);
}

/** The name of the kernel, of tfjs, that multiplies by nonzeros. */
const kernelName = 'SparseProduct';

/** The same as a kernel of tfjs on tensors of the WASM backend, which has to be set. */
export function runSparseProduct(
  inputs: Readonly<Record<keyof Inputs, Tensor>>,
  attributes: Attributes,
): Tensor {
  if (!getKernel(kernelName, 'wasm')) {
    const kernelFunc: Kernel<Inputs, Attributes> = ({inputs: {x, nonzeros, bias}, attrs, backend}) => {
      const [list, added] = [nonzeros, bias].map((info) => address(backend, info));
      const sizes = sizesOf(attrs.window, x.shape);
      const shape = outputShape(attrs.window, x.shape, sizes);
      return sparseProduct(backend, {x, nonzeros: list, bias: added}, attrs, sizes, shape);
    };
    registerKernel({kernelName, backendName: 'wasm', kernelFunc: kernelFunc as never});
  }
  return engine().runKernel(kernelName, {...inputs}, attributes as Attributes & NamedAttrMap);
}
