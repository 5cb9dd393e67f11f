import {
  _FusedMatMul,
  AvgPool,
  AvgPool3D,
  AvgPool3DGrad,
  AvgPoolGrad,
  BatchMatMul,
  Cast,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  CropAndResize,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedBatchNorm,
  FusedConv2D,
  FusedDepthwiseConv2D,
  GatherV2,
  getKernel,
  Identity,
  LogicalAnd,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  Mean,
  Minimum,
  OneHot,
  Prelu,
  ResizeNearestNeighborGrad,
  Reverse,
  Select,
  Sum,
  Tile,
  Transpose,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import {assertNoArguments} from '../util/options';
import {avgPool3dGrad, avgPoolGrad} from './avgPoolGrad';
import {fusedBatchNorm, prelu} from './broadcast';
import {conv2dBackpropFilter} from './conv2dBackpropFilter';
import {conv2dBackpropInput} from './conv2dBackpropInput';
import {conv3dBackpropFilter, conv3dBackpropInput} from './conv3dBackprop';
import {cropAndResize} from './cropAndResize';
import {depthwiseConv2dBackpropFilter} from './depthwiseConv2dBackpropFilter';
import {depthwiseConv2dBackpropInput} from './depthwiseConv2dBackpropInput';
import {gatherV2} from './gatherV2';
import {cast, identity} from './identity';
import {batchMatMul, fusedMatMul} from './matMul';
import {maxPool3d, maxPool3dGrad} from './maxPool3d';
import {maxPoolGrad} from './maxPoolGrad';
import {oneHot} from './oneHot';
import {overlay, type Wrap} from './overlay';
import {conv2d, conv3d, depthwiseConv2d, pool2d, pool3d} from './reached';
import {resizeNearestNeighborGrad} from './resizeNearestNeighborGrad';
import {reverse} from './reverse';
import {logicalAnd, select} from './select';
import {isSimdSupported} from './simd';
import {mean, sum} from './sum';
import {tile} from './tile';
import {batchNormGradients, batchNormKernels, batchNormOfColumns} from './train/batchNorm';
import {clampGrad, clampGradients, minimum} from './train/clamp';
import {crossentropyGradient, crossentropyKernels, softmaxGradients} from './train/crossentropy';
import {fuseLosses} from './train/fuseLosses';
import {replaceGradients} from './train/gradients';
import {enableMaskedCalls} from './train/maskedCall';
import {maskedKernels, maskedProductGradient} from './train/maskedProducts';
import {fuseOptimizers, optimizerKernels} from './train/optimizers';
import {repeatGradients, repeatKernels} from './train/repeat';
import {roundKernels} from './train/round';
import {noteConvolution, noteGradients, withoutUnusedGradient} from './train/unusedGradient';
import {unsortedSegmentSum} from './unsortedSegmentSum';

const backendName = 'wasm';

/** Functions that make the new kernels from the stock ones, by kernel name. */
const kernels: Record<string, Wrap> = {
  [AvgPool]: pool2d,
  [AvgPool3D]: pool3d,
  [AvgPool3DGrad]: avgPool3dGrad,
  [AvgPoolGrad]: avgPoolGrad,
  [BatchMatMul]: batchMatMul,
  [_FusedMatMul]: fusedMatMul,
  [Cast]: cast,
  [Conv2D]: (stock) => noteConvolution(false)(conv2d(stock)),
  [Conv2DBackpropFilter]: conv2dBackpropFilter,
  [Conv2DBackpropInput]: (stock) => withoutUnusedGradient(conv2dBackpropInput(stock)),
  [Conv3D]: conv3d,
  [Conv3DBackpropFilterV2]: conv3dBackpropFilter,
  [Conv3DBackpropInputV2]: conv3dBackpropInput,
  [CropAndResize]: cropAndResize,
  [DepthwiseConv2dNative]: depthwiseConv2d,
  [DepthwiseConv2dNativeBackpropFilter]: depthwiseConv2dBackpropFilter,
  [DepthwiseConv2dNativeBackpropInput]: depthwiseConv2dBackpropInput,
  [FusedBatchNorm]: (stock) => batchNormOfColumns(fusedBatchNorm(stock)),
  [FusedConv2D]: (stock) => noteConvolution(true)(conv2d(stock)),
  [FusedDepthwiseConv2D]: depthwiseConv2d,
  [GatherV2]: gatherV2,
  [Identity]: identity,
  [LogicalAnd]: logicalAnd,
  [MaxPool]: pool2d,
  [MaxPool3D]: maxPool3d,
  [MaxPool3DGrad]: maxPool3dGrad,
  [MaxPoolGrad]: maxPoolGrad,
  [Mean]: mean,
  [Minimum]: minimum,
  [OneHot]: oneHot,
  [Prelu]: prelu,
  [ResizeNearestNeighborGrad]: resizeNearestNeighborGrad,
  [Reverse]: reverse,
  [Select]: select,
  [Sum]: sum,
  [Tile]: tile,
  [UnsortedSegmentSum]: unsortedSegmentSum,
  ClampGrad: clampGrad,
  ...crossentropyKernels,
  ...batchNormKernels,
  ...repeatKernels,
  ...maskedKernels,
  ...optimizerKernels,
  ...roundKernels,
};

let restore: (() => void) | undefined;

/**
 * Enables training on the WASM backend for all layers that train on the CPU backend. Replaces kernels of the
 * backend until the returned function is called:
 *
 * - adds the missing gradients of convolutions, max pooling and `gather` (embeddings),
 * - corrects kernels with wrong results, such as the gradients of 3D convolutions and convolutions with windows smaller than
 *   their strides,
 * - speeds up products of transposed matrices, `gather`, `tile`, `where`, clones, sums and means, so that dense layers and
 *   batch normalization train several times faster,
 * - computes the steps of Adam, SGD, momentum, RMSProp and Adagrad in one pass, bit by bit those of tfjs, and the gradients
 *   of ReLU, relu6, softmax and batch norms in one or two,
 * - computes the categorical crossentropy of a training step and its gradient in one kernel each,
 * - rounds the weights of `quantization` in one pass,
 * - computes masked Dense, Conv1D and Conv2D layers by their remaining weights where that is faster.
 *
 * Results match the definition of each operation up to rounding, and so the CPU backend, except where the CPU backend is
 * wrong; docs/wasm-training.md lists these cases.
 *
 * Call it once, before or after the backend has started; a second call changes nothing.
 *
 * @returns a function that restores the stock kernels, gradients and optimizers.
 * @throws if `@tensorflow/tfjs-backend-wasm` is not imported, or WASM lacks SIMD (browsers from before 2023).
 * @example
 * await startWasm();
 * const disable = enableTraining();
 * await model.fit(x, y, {epochs: 2});
 * disable();
 */
export function enableTraining(): () => void {
  assertNoArguments('enableTraining', arguments);
  if (!getKernel(Transpose, backendName)) {
    throw new Error(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  if (!isSimdSupported()) {
    throw new Error('enableTraining: WASM lacks SIMD; update the browser, or train on another backend');
  }
  if (restore) return restore;
  const remove = [
    overlay(kernels, 0),
    fuseOptimizers(),
    fuseLosses(),
    noteGradients(),
    replaceGradients({...clampGradients, ...batchNormGradients, ...repeatGradients, ...softmaxGradients}, [
      maskedProductGradient,
      crossentropyGradient,
    ]),
    enableMaskedCalls(),
  ];
  const undo = () => {
    // The first call empties the list, so that a second one changes nothing.
    for (const one of remove.splice(0)) one();
    // A later call may have enabled it again.
    if (restore === undo) restore = undefined;
  };
  restore = undo;
  return undo;
}
