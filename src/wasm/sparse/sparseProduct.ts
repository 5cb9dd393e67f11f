import {
  engine,
  getKernel,
  type NamedAttrMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from '../backend';
import {padAndDilate} from '../padAndDilate';
import {address, sideModule} from '../sideModule';
import {binary} from './binary';
import {type Form, scratchOf, TILE} from './form';
import {isMatrix, isPadded, outputShape, paddedSize, reach, type Sizes, sizesOf, type Window} from './window';

const kernels = sideModule<'channels' | 'convolve' | 'rows' | 'rowsBy4'>(binary);

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
    for (const part of partsOf(window, sizes)) convolve(backend, inputs, attrs, y, scratch, part);
  },
  channels(backend, {x, nonzeros, bias}, {window, low, high}, sizes, y, own) {
    const {count, padTop, padLeft, outHeight, outWidth, depth} = sizes;
    const [tall, wide] = paddedSize(window, sizes);
    const padded = isPadded(window, sizes)
      ? own(padAndDilate(backend, x, [tall, wide], [padTop, padLeft]))
      : x;
    const [from, to] = [padded, y].map((info) => address(backend, info));
    for (let i = 0; i < count; i++) {
      const image = from + 4 * i * tall * wide * depth;
      const outputs = to + 4 * i * outHeight * outWidth * depth;
      const steps = [4 * wide * depth, window.rowStep, window.columnStep];
      kernels(backend).channels(
        image,
        ...steps,
        nonzeros,
        bias,
        low,
        high,
        outputs,
        outHeight,
        outWidth,
        depth,
      );
    }
  },
};

/** A part of the inputs that is an image, and where it and its outputs begin, in pixels. */
interface Part {
  sizes: Sizes;
  from: number;
  to: number;
}

function partsOf(window: Window, sizes: Sizes): Part[] {
  const {count, height, width, outHeight, outWidth} = sizes;
  if (!isMatrix(window)) {
    return Array.from({length: count}, (_, i) => ({
      sizes,
      from: i * height * width,
      to: i * outHeight * outWidth,
    }));
  }
  // A list of pixels is an image as wide as a tile, and what is left of it another one.
  const full = Math.floor(width / TILE);
  const image = (rows: number, columns: number, from: number): Part[] =>
    rows * columns === 0
      ? []
      : [
          {
            sizes: {...sizes, height: rows, outHeight: rows, width: columns, outWidth: columns},
            from,
            to: from,
          },
        ];
  return [...image(full, TILE, 0), ...image(1, width % TILE, full * TILE)];
}

function convolve(
  backend: WasmBackend,
  {x, nonzeros, bias}: Inputs,
  {window, form, groups, taken, low, high}: Attributes,
  y: TensorInfo,
  scratch: TensorInfo,
  {sizes: {height, width, padTop, padLeft, outHeight, outWidth, depth}, from, to}: Part,
): void {
  const {channels, rowStep, columnStep} = window;
  const at = (info: TensorInfo) => address(backend, info);
  const image = at(x) + 4 * from * channels;
  const outputs = at(y) + 4 * to * depth;
  const {size, bandHeight, plane} = form;
  const steps = [rowStep, columnStep, padTop, padLeft, ...reach(window)];
  const weights = [taken, nonzeros, groups, size, bias, low, high];
  const out = [outputs, outHeight, outWidth, depth, bandHeight, plane, at(scratch)];
  kernels(backend).convolve(image, height, width, channels, ...steps, ...weights, ...out);
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
