import {BatchMatMul, Conv2DBackpropFilter, Conv2DBackpropInput, type TensorInfo} from '@tensorflow/tfjs-core';
import {compose, type Run, type WasmBackend} from '../backend';
import {address} from '../sideModule';
import {simd} from '../simd';
import {
  asMatrix,
  canvasOf,
  convolutionOf,
  isMatrix,
  keepOnes,
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

type Inputs = Record<'dy' | 'weights' | 'mask' | 'positions', TensorInfo>;

/** The gradient by the input: that of the output, spread out by the strides, times the kernel turned by 180°. */
export const maskedInputGrad =
  (): MaskedKernel<keyof Inputs> =>
  ({inputs, attrs, backend}) =>
    compose(backend, (run, own) => {
      if (attrs.plan.input) {
        const dx = own(backend.makeOutput([...attrs.inShape], 'float32'));
        const multiply = isMatrix(attrs) ? matrixInputGrad : imageInputGrad;
        multiply(backend, own, inputs, attrs, dx);
        return dx;
      }
      const {dy, weights, mask} = inputs;
      const masked = own(maskedWeights(backend, weights, mask, attrs.window));
      return {...denseInputGrad(run, dy, masked, attrs), shape: [...attrs.inShape]};
    });

function matrixInputGrad(
  backend: WasmBackend,
  own: Own,
  {dy, weights, positions}: Inputs,
  {window, images: [batch]}: MaskedAttrs,
  dx: TensorInfo,
): void {
  const [channels, outputs] = window.filter.slice(-2);
  const {rows, columns} = listsOf(backend, positions, window);
  simd(backend).maskedMatrixInputGrad(
    address(backend, dy),
    ...[batch, channels, outputs, rows, columns, address(backend, weights), address(backend, dx)],
    scratchFor(backend, own, pixel, outputs, [channels]),
  );
}

function imageInputGrad(
  backend: WasmBackend,
  own: Own,
  {dy, weights, positions}: Inputs,
  {window, images}: MaskedAttrs,
  dx: TensorInfo,
): void {
  const info = infoOf(images, window);
  const {inHeight, inWidth, inChannels, filterHeight, filterWidth, padInfo} = info;
  const canvas = {
    height: inHeight + filterHeight - 1,
    width: inWidth + filterWidth - 1,
    top: filterHeight - 1 - padInfo.top,
    left: filterWidth - 1 - padInfo.left,
  };
  const {rows, columns, count} = listsOf(backend, positions, window);
  const list = own(backend.makeOutput([2 * count], 'float32'));
  const counts = own(backend.makeOutput([inChannels + 1], 'int32'));
  const [by, begins, to] = [weights, counts, list].map((one) => address(backend, one));
  simd(backend).listInputs(rows, columns, by, ...window.filter, canvas.width, begins, to);
  multiplyListed(backend, own, {
    from: [dy, info.outShape],
    to: [dx, images],
    canvas,
    steps: [info.strideHeight, info.strideWidth, 1, 1],
    counts: begins,
    list,
    bias: 0,
  });
}

function denseInputGrad(run: Run, dy: TensorInfo, filter: TensorInfo, attrs: MaskedAttrs): TensorInfo {
  const {window, images} = attrs;
  const [outputs] = window.filter.slice(-1);
  if (isMatrix(attrs)) {
    const inputs = {a: asMatrix(dy, outputs), b: asMatrix(filter, outputs)};
    return run(BatchMatMul, inputs, {transposeA: false, transposeB: true});
  }
  const {outShape} = infoOf(images, window);
  const inputs = {dy: {...dy, shape: [...outShape]}, filter};
  return run(Conv2DBackpropInput, inputs, {...convolutionOf(window), inputShape: images});
}

/** The gradient by the remaining weights, 0 for the others unless all are needed. */
export const maskedFilterGrad =
  (): MaskedKernel<'x' | 'dy' | 'weights' | 'mask' | 'positions'> =>
  ({inputs: {x, dy, weights, mask, positions}, attrs, backend}) =>
    compose(backend, (run, own) => {
      const {window, plan, images} = attrs;
      if (attrs.dense || !plan.filter) {
        const dw = {...denseFilterGrad(run, x, dy, attrs), shape: weights.shape};
        // In place, as nothing else knows of it yet.
        if (!attrs.dense) keepOnes(backend, mask, dw, dw);
        return dw;
      }
      const {rows, columns} = listsOf(backend, positions, window);
      const dw = own(backend.makeOutput(weights.shape, 'float32'));
      const to = address(backend, dw);
      const info = infoOf(images, window);
      const {outHeight, outWidth, outChannels, inChannels, strideHeight, strideWidth} = info;
      const canvas = canvasOf(info);
      simd(backend).maskedFilterGrad(
        address(backend, x),
        ...images,
        ...[canvas.height, canvas.width, canvas.top, canvas.left, strideHeight, strideWidth],
        address(backend, dy),
        ...[outHeight, outWidth, outChannels],
        ...window.filter.slice(0, 2),
        ...[rows, columns, to],
        scratchFor(backend, own, canvas, inChannels, [outHeight, outWidth, outChannels]),
      );
      return dw;
    });

function denseFilterGrad(run: Run, x: TensorInfo, dy: TensorInfo, attrs: MaskedAttrs): TensorInfo {
  const {window, images} = attrs;
  const [channels, outputs] = window.filter.slice(-2);
  if (isMatrix(attrs)) {
    const inputs = {a: asMatrix(x, channels), b: asMatrix(dy, outputs)};
    return run(BatchMatMul, inputs, {transposeA: true, transposeB: false});
  }
  const {outShape} = infoOf(images, window);
  const inputs = {x: {...x, shape: [...images]}, dy: {...dy, shape: [...outShape]}};
  return run(Conv2DBackpropFilter, inputs, {...convolutionOf(window), filterShape: window.filter});
}
