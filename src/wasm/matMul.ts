import {type DataId, type TensorInfo, Transpose, util} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';
import {address} from './sideModule';
import {simd} from './simd';

type MatMul = Kernel<{a: TensorInfo; b: TensorInfo}, {transposeA: boolean; transposeB: boolean}>;

/**
 * Products of matrices. The kernels that stood before take a plain loop where one is asked for transposed; and of a
 * product they pack b, which costs ten times as much as to transpose it, and keep the packed b as long as the tensor
 * lives. That pays from the second use on, but in training a weight changes after each. So both gradients of a
 * product, and a product with a large b that is new, are multiplied here as they lie. Batches of matrices are left
 * to the original.
 */
const matMul =
  (hasBias: boolean) =>
  (original: MatMul): MatMul =>
  (args) => {
    const {
      inputs,
      inputs: {a, b},
      attrs,
      attrs: {transposeA, transposeB},
      backend,
    } = args;
    if (!isMatrix(a) || !isMatrix(b) || a.dtype !== 'float32' || b.dtype !== 'float32') return original(args);
    return compose(backend, (run, own) => {
      const transposed = (x: TensorInfo) => run(Transpose, {x}, {perm: lastTwoSwapped(x.shape.length)});
      if (!hasBias && transposeB) return own(dots(backend, transposeA ? transposed(a) : a, b));
      const large = util.sizeFromShape(b.shape) > 2 * util.sizeFromShape(a.shape);
      const isNew = large && !packedRows.has(b.dataId);
      if (!hasBias && (transposeA || isNew)) {
        if (isNew) packedRows.set(b.dataId, rows(b));
        return own(columnsTimesRows(backend, transposeA ? a : transposed(a), b));
      }
      const right = transposeB ? transposed(b) : b;
      forgetOtherShape(right, backend);
      return own(
        original({
          inputs: {...inputs, a: transposeA ? transposed(a) : a, b: right},
          attrs: {...attrs, transposeA: false, transposeB: false},
          backend,
        }),
      );
    });
  };

/** a · bᵀ, where both are read along their rows. */
function dots(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [height, depth] = a.shape.slice(-2);
  const product = backend.makeOutput([...batchOf(a, b), height, rows(b)], 'float32');
  const [from, by, to] = [a, b, product].map((info) => address(backend, info));
  simd(backend).dots(from, height, by, rows(b), depth, to);
  return product;
}

/** aᵀ · b, the sum of what each row of a makes with that of b. */
function columnsTimesRows(backend: WasmBackend, a: TensorInfo, b: TensorInfo): TensorInfo {
  const [depth, height] = a.shape.slice(-2);
  const [width] = b.shape.slice(-1);
  const product = backend.makeOutput([...batchOf(a, b), height, width], 'float32');
  const [from, by, to] = [a, b, product].map((info) => address(backend, info));
  simd(backend).filter(from, 0, 0, 0, height, by, 1, 1, depth, width, to, 1, height);
  return product;
}

/** The leading ones in the shape of a product of matrices. */
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

/** The rows that data had when it last came as b. */
const packedRows = new WeakMap<DataId, number>();

/**
 * The backend finds a packed b by the id of its data alone, and takes it also for the same data in another
 * shape, which gives a wrong product. Data that is registered again has nothing packed.
 */
function forgetOtherShape(b: TensorInfo, backend: WasmBackend): void {
  const before = packedRows.get(b.dataId);
  packedRows.set(b.dataId, rows(b));
  if (before === undefined || before === rows(b)) return;
  const {id, memoryOffset} = backend.dataIdMap.get(b.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, util.sizeFromShape(b.shape), memoryOffset);
}
