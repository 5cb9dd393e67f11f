import {Add, BatchMatMul, Conv2D, type TensorInfo} from '@tensorflow/tfjs-core';
import {compose, type WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import {
  asMatrix,
  canvasOf,
  convolutionOf,
  isMatrix,
  listsOf,
  type MaskedAttrs,
  type MaskedKernel,
  maskedWeights,
  multiplyListed,
  type Own,
  pixel,
  scratchFor,
} from './maskedImages';
import {infoOf} from './maskedPlan';

type Inputs = Record<'x' | 'weights' | 'mask' | 'positions', TensorInfo> & {bias?: TensorInfo};

/** The convolution of images with a masked kernel, plus a bias. */
export const maskedProduct =
  (): MaskedKernel<keyof Inputs> =>
  ({inputs, attrs, backend}) =>
    compose(backend, (run, own) => {
      const {window, plan, images, outShape} = attrs;
      const {x, weights, mask, positions, bias}: Inputs = inputs;
      if (plan.forward) {
        const y = own(backend.makeOutput([...outShape], 'float32'));
        const multiply = isMatrix(attrs) ? multiplyMatrix : multiplyImages;
        multiply(backend, own, {x, weights, mask, positions, bias}, attrs, y);
        return y;
      }
      const masked = own(maskedWeights(backend, weights, mask, window));
      const [channels, outputs] = window.filter.slice(-2);
      const y = isMatrix(attrs)
        ? run(
            BatchMatMul,
            {a: asMatrix(x, channels), b: asMatrix(masked, outputs)},
            {transposeA: false, transposeB: false},
          )
        : run(Conv2D, {x: {...x, shape: [...images]}, filter: masked}, convolutionOf(window));
      return {...(bias ? run(Add, {a: y, b: bias}, {}) : y), shape: [...outShape]};
    });

function multiplyMatrix(
  backend: WasmBackend,
  own: Own,
  {x, weights, positions, bias}: Inputs,
  {window, images: [batch]}: MaskedAttrs,
  y: TensorInfo,
): void {
  const [channels, outputs] = window.filter.slice(-2);
  const {rows, columns} = listsOf(backend, positions, window);
  simd(backend).maskedMatrixProduct(
    address(backend, x),
    ...[batch, channels, outputs, rows, columns, address(backend, weights)],
    bias ? address(backend, bias) : 0,
    address(backend, y),
    scratchFor(backend, own, pixel, channels, [outputs]),
  );
}

function multiplyImages(
  backend: WasmBackend,
  own: Own,
  {x, weights, positions, bias}: Inputs,
  {window, images}: MaskedAttrs,
  y: TensorInfo,
): void {
  const info = infoOf(images, window);
  const canvas = canvasOf(info);
  const {rows, counts, columns, count} = listsOf(backend, positions, window);
  const list = own(backend.makeOutput([2 * count], 'float32'));
  const cursors = own(backend.makeOutput([info.outChannels], 'int32'));
  const [by, cursor, to] = [weights, cursors, list].map((one) => address(backend, one));
  simd(backend).listOutputs(rows, columns, counts, by, ...window.filter, canvas.width, cursor, to);
  multiplyListed(backend, own, {
    from: [x, images],
    to: [y, info.outShape],
    canvas,
    steps: [1, 1, info.strideHeight, info.strideWidth],
    counts,
    list,
    bias: bias ? address(backend, bias) : 0,
  });
}
