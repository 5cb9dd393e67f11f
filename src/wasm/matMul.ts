import {type DataId, type TensorInfo, Transpose, util} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';
import {address} from './sideModule';
import {simd} from './simd';

type MatMul = Kernel<{a: TensorInfo; b: TensorInfo}, {transposeA: boolean; transposeB: boolean}>;

/**
 * Matrix products. The stock kernels use a scalar loop for transposed operands, and pack b for all other products. Packing
 * costs ten times as much as transposing and pays off only if b is used again, but in training weights change at each step.
 * So both gradients of a product, and products with a large b not seen before, are computed here without packing. Falls
 * back to the stock kernel for batches of matrices.
 */
const matMul =
  (hasBias: boolean) =>
  (stock: MatMul): MatMul =>
  (args) => {
    const {
      inputs,
      inputs: {a, b},
      attrs,
      attrs: {transposeA, transposeB},
      backend,
    } = args;
    if (!isMatrix(a) || !isMatrix(b) || a.dtype !== 'float32' || b.dtype !== 'float32') return stock(args);
    return compose(backend, (run, track) => {
      const transposed = (x: TensorInfo) => run(Transpose, {x}, {perm: lastTwoSwapped(x.shape.length)});
      if (!hasBias && transposeB) return track(dots(backend, transposeA ? transposed(a) : a, b));
      const large = util.sizeFromShape(b.shape) > 2 * util.sizeFromShape(a.shape);
      const isNew = large && !packedRows.has(b.dataId);
      if (!hasBias && (transposeA || isNew)) {
        if (isNew) packedRows.set(b.dataId, rows(b));
        return track(columnsTimesRows(backend, transposeA ? a : transposed(a), b));
      }
      const right = transposeB ? transposed(b) : b;
      forgetOtherShape(right, backend);
      return track(
        stock({
          inputs: {...inputs, a: transposeA ? transposed(a) : a, b: right},
          attrs: {...attrs, transposeA: false, transposeB: false},
          backend,
        }),
      );
    });
  };

/** a · bᵀ; reads both along their rows. */
function dots(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [height, depth] = a.shape.slice(-2);
  const product = backend.makeOutput([...batchOf(a, b), height, rows(b)], 'float32');
  const [from, by, to] = [a, b, product].map((info) => address(backend, info));
  simd(backend).dots(from, height, by, rows(b), depth, to);
  return product;
}

/** aᵀ · b, as the sum of the outer products of their rows. */
function columnsTimesRows(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [depth, height] = a.shape.slice(-2);
  const [width] = b.shape.slice(-1);
  const product = backend.makeOutput([...batchOf(a, b), height, width], 'float32');
  const [from, by, to] = [a, b, product].map((info) => address(backend, info));
  simd(backend).filter(from, 0, 0, 0, height, by, 1, 1, depth, width, to, 1, height);
  return product;
}

/** The leading dimensions of a matrix product, all 1. */
function batchOf(a: TensorInfo, b: TensorInfo): number[] {
  return (a.shape.length > b.shape.length ? a : b).shape.slice(0, -2);
}

export const batchMatMul = matMul(false);

export const fusedMatMul = matMul(true);

const rows = ({shape}: TensorInfo) => shape[shape.length - 2];

const lastTwoSwapped = (rank: number) => [...Array(rank - 2).keys(), rank - 1, rank - 2];

function isMatrix({shape}: TensorInfo): boolean {
  const [height, width] = shape.slice(-2);
  return height * width > 0 && util.sizeFromShape(shape) === height * width;
}

/** The rows of each right operand at its last use. */
const packedRows = new WeakMap<DataId, number>();

/**
 * Drops the packed form of b if it was packed in another shape. The backend keeps packed operands by data id, without the
 * shape, and would return a wrong product. Registering the data again clears them.
 */
function forgetOtherShape(b: TensorInfo, backend: WasmBackend): void {
  const before = packedRows.get(b.dataId);
  packedRows.set(b.dataId, rows(b));
  if (before === undefined || before === rows(b)) return;
  const {id, memoryOffset} = backend.dataIdMap.get(b.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, util.sizeFromShape(b.shape), memoryOffset);
}
