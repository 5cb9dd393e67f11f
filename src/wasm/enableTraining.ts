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
  type KernelConfig,
  type KernelFunc,
  LogicalAnd,
  MaxPool,
  MaxPool3D,
  MaxPool3DGrad,
  MaxPoolGrad,
  Mean,
  OneHot,
  Prelu,
  ResizeNearestNeighborGrad,
  Reverse,
  registerKernel,
  Select,
  Sum,
  Tile,
  Transpose,
  UnsortedSegmentSum,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
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
import {conv2d, conv3d, depthwiseConv2d, pool2d, pool3d} from './reached';
import {resizeNearestNeighborGrad} from './resizeNearestNeighborGrad';
import {reverse} from './reverse';
import {logicalAnd, select} from './select';
import {isSimdSupported} from './simd';
import {mean, sum} from './sum';
import {tile} from './tile';
import {unsortedSegmentSum} from './unsortedSegmentSum';

const backendName = 'wasm';

/** By the name of a kernel: what makes the new one out of the one that stood before. */
const kernels = {
  [AvgPool]: pool2d,
  [AvgPool3D]: pool3d,
  [AvgPool3DGrad]: avgPool3dGrad,
  [AvgPoolGrad]: avgPoolGrad,
  [BatchMatMul]: batchMatMul,
  [_FusedMatMul]: fusedMatMul,
  [Cast]: cast,
  [Conv2D]: conv2d,
  [Conv2DBackpropFilter]: conv2dBackpropFilter,
  [Conv2DBackpropInput]: conv2dBackpropInput,
  [Conv3D]: conv3d,
  [Conv3DBackpropFilterV2]: conv3dBackpropFilter,
  [Conv3DBackpropInputV2]: conv3dBackpropInput,
  [CropAndResize]: cropAndResize,
  [DepthwiseConv2dNative]: depthwiseConv2d,
  [DepthwiseConv2dNativeBackpropFilter]: depthwiseConv2dBackpropFilter,
  [DepthwiseConv2dNativeBackpropInput]: depthwiseConv2dBackpropInput,
  [FusedBatchNorm]: fusedBatchNorm,
  [FusedConv2D]: conv2d,
  [FusedDepthwiseConv2D]: depthwiseConv2d,
  [GatherV2]: gatherV2,
  [Identity]: identity,
  [LogicalAnd]: logicalAnd,
  [MaxPool]: pool2d,
  [MaxPool3D]: maxPool3d,
  [MaxPool3DGrad]: maxPool3dGrad,
  [MaxPoolGrad]: maxPoolGrad,
  [Mean]: mean,
  [OneHot]: oneHot,
  [Prelu]: prelu,
  [ResizeNearestNeighborGrad]: resizeNearestNeighborGrad,
  [Reverse]: reverse,
  [Select]: select,
  [Sum]: sum,
  [Tile]: tile,
  [UnsortedSegmentSum]: unsortedSegmentSum,
} as unknown as Record<string, (original?: KernelFunc) => KernelFunc>;

let restore: (() => void) | undefined;

/**
 * Makes @tensorflow/tfjs-backend-wasm train all that tfjs trains on the CPU backend: convolutions and embeddings, whose
 * gradients it lacks, and 3D convolutions, whose gradients are wrong there. Dense layers and batch normalization train several
 * times faster.
 *
 * New are the gradients of convolutions of every kind, of max pooling and of `gather`; corrected are the outputs of all
 * layers that are wrong on that backend, as of convolutions with windows smaller than their strides; faster are products of
 * transposed matrices, `gather`, `tile`, `where`, clones, sums and means. The results are those of the definition, up to rounding:
 * those of the CPU backend, except where that is wrong, too; docs/wasm-training.md lists these places.
 *
 * Call it once, before or after the backend has started; a second call changes nothing. Returns the function
 * that brings back exactly the kernels that stood before. Throws where @tensorflow/tfjs-backend-wasm has not
 * been imported, and where WASM has no SIMD (browsers of before 2023).
 */
export function enableTraining(): () => void {
  if (!getKernel(Transpose, backendName)) {
    throw new Error(
      "enableTraining: the backend 'wasm' has no kernels; import '@tensorflow/tfjs-backend-wasm' first",
    );
  }
  if (!isSimdSupported()) {
    throw new Error('enableTraining: WASM has no SIMD here; update the browser, or train on another backend');
  }
  if (restore) return restore;
  const originals = Object.entries(kernels).map(([kernelName, make]) => {
    const original = getKernel(kernelName, backendName) as KernelConfig | undefined;
    if (original) unregisterKernel(kernelName, backendName);
    // With the setupFunc of the original, which a backend that starts later calls.
    registerKernel({...original, kernelName, backendName, kernelFunc: make(original?.kernelFunc)});
    return {kernelName, original};
  });
  restore = () => {
    // Emptied by the first call, so that the next does nothing.
    if (!originals.length) return;
    for (const {kernelName, original} of originals.splice(0)) {
      unregisterKernel(kernelName, backendName);
      if (original) registerKernel(original);
    }
    restore = undefined;
  };
  return restore;
}
