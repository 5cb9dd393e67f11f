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

/** What is multiplied: the inputs, the nonzeros of the kernel as words, and a bias for each output. */
export interface Inputs {
  x: TensorInfo;
  nonzeros: TensorInfo;
  bias: TensorInfo;
}

export interface Attributes {
  window: Window;
  form: Form;
  groups: number;
  taken: number;
  /** What outputs are clamped to. */
  low: number;
  high: number;
}

/** The name of the kernel, of tfjs, that multiplies by nonzeros. */
const kernelName = 'SparseProduct';

/** clamp(x * kernel + bias) by the nonzeros of the kernel. */
const sparseProduct: Kernel<Inputs, Attributes> = ({inputs, attrs, backend}) => {
  const {window, form} = attrs;
  const {x} = inputs;
  const sizes = sizesOf(window, x.shape);
  const y = backend.makeOutput(outputShape(window, x.shape, sizes), 'float32');
  return compose(backend, (_, own) => {
    loops[form.loop](backend, inputs, attrs, sizes, y, own);
    return y;
  });
};

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
    const [from, list, added, to] = [x, nonzeros, bias, y].map((info) => address(backend, info));
    for (let row = 0; row < width; row++) {
      loop(from + 4 * row * window.channels, list, groups, added, low, high, to + 4 * row * depth);
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
    const [from, list, added, to] = [padded, nonzeros, bias, y].map((info) => address(backend, info));
    for (let i = 0; i < count; i++) {
      const image = from + 4 * i * tall * wide * depth;
      const outputs = to + 4 * i * outHeight * outWidth * depth;
      const steps = [4 * wide * depth, window.rowStep, window.columnStep];
      kernels(backend).channels(image, ...steps, list, added, low, high, outputs, outHeight, outWidth, depth);
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
  const weights = [taken, at(nonzeros), groups, size, at(bias), low, high];
  const out = [outputs, outHeight, outWidth, depth, bandHeight, plane, at(scratch)];
  kernels(backend).convolve(image, height, width, channels, ...steps, ...weights, ...out);
}

/** Runs the kernel on the WASM backend, which has to be set. */
export function runSparseProduct(inputs: Record<keyof Inputs, Tensor>, attributes: Attributes): Tensor {
  if (!getKernel(kernelName, 'wasm')) {
    registerKernel({kernelName, backendName: 'wasm', kernelFunc: sparseProduct as never});
  }
  return engine().runKernel(kernelName, {...inputs}, attributes as Attributes & NamedAttrMap);
}
