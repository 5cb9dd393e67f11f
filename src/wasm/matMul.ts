import {type DataId, type TensorInfo, Transpose, util} from '@tensorflow/tfjs-core';
import {compose, type Kernel, type WasmBackend} from './backend';

type MatMul = Kernel<{a: TensorInfo; b: TensorInfo}, {transposeA: boolean; transposeB: boolean}>;

/**
 * Products of matrices, transposed first where they are asked for transposed: the kernels that stood before
 * take a plain loop then. Batches of matrices are left to them.
 *
 * XNNPACK packs b, which costs five times as much as to transpose it, and keeps the packed b as long as the
 * tensor lives. That pays from the second use on, but in training a weight changes after each. So where it
 * `mayTurn`, a large b that is new becomes the left factor: `a · b = (bᵀ · aᵀ)ᵀ`.
 */
const matMul =
  (mayTurn: boolean) =>
  (original: MatMul): MatMul =>
  (args) => {
    const {
      inputs,
      inputs: {a, b},
      attrs,
      attrs: {transposeA, transposeB},
      backend,
    } = args;
    if (!isMatrix(a) || !isMatrix(b)) return original(args);
    return compose(backend, (run, own) => {
      const transpose = (x: TensorInfo) => run(Transpose, {x}, {perm: lastTwoSwapped(x.shape.length)});
      const multiply = (left: TensorInfo, right: TensorInfo) => {
        forgetOtherShape(right, backend);
        return own(
          original({
            inputs: {...inputs, a: left, b: right},
            attrs: {...attrs, transposeA: false, transposeB: false},
            backend,
          }),
        );
      };
      const large = util.sizeFromShape(b.shape) > 2 * util.sizeFromShape(a.shape);
      if (mayTurn && large && (transposeB || !packedRows.has(b.dataId))) {
        if (!transposeB) packedRows.set(b.dataId, rows(b));
        return transpose(multiply(transposeB ? b : transpose(b), transposeA ? a : transpose(a)));
      }
      return multiply(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b);
    });
  };

export const batchMatMul = matMul(true);

/** Not turned, since the bias goes by the columns of b. */
export const fusedMatMul = matMul(false);

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
 * shape, which gives a wrong product. Registered anew, the data has nothing packed.
 */
function forgetOtherShape(b: TensorInfo, backend: WasmBackend): void {
  const before = packedRows.get(b.dataId);
  packedRows.set(b.dataId, rows(b));
  if (before === undefined || before === rows(b)) return;
  const {id, memoryOffset} = backend.dataIdMap.get(b.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, util.sizeFromShape(b.shape), memoryOffset);
}
