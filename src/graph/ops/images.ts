import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {flag, integer, integers, number} from '../attributes';
import {depthToSpaceOp, spaceToDepthOp} from '../layers/blocks';
import {resizeOp} from '../layers/resize';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {shapeOf, type Value} from '../value';
import {windowOf} from './window';

/** Images with a batch dimension, as the layers of tfjs take them. */
const imagesOf = (node: GraphNode, scope: Scope): Value => {
  const value = scope.natural(scope.batched(scope.value(node, 0)));
  if (shapeOf(value).length !== 4) throw new Unsupported(`its input has the shape [${shapeOf(value)}]`);
  return value;
};

const pooling =
  (pool: 'maxPooling2d' | 'averagePooling2d'): Convert =>
  (node, scope) => {
    const {strides, padding, margins} = windowOf(node);
    if (margins !== undefined) throw new Unsupported('its padding is explicit');
    const poolSize = integers(node, 'ksize').slice(1, 3) as [number, number];
    return scope.layer(layers[pool], {poolSize, strides, padding}, [imagesOf(node, scope)]);
  };

const resize =
  (method: 'bilinear' | 'nearest'): Convert =>
  async (node, scope) => {
    const input = imagesOf(node, scope);
    const size = (await scope.numbers(node, 1)) as [number, number];
    const [alignCorners, halfPixelCenters] = [flag(node, 'align_corners'), flag(node, 'half_pixel_centers')];
    const factors = size.map((length, i) => length / (shapeOf(input)[i + 1] ?? Number.NaN));
    const isRepeated = factors.every((factor) => Number.isInteger(factor) && factor > 0) && !alignCorners;
    // Whole factors repeat the nearest pixels wherever their centers are.
    if (isRepeated && method === 'nearest') {
      return scope.layer(layers.upSampling2d, {size: factors}, [input]);
    }
    return scope.layer(resizeOp, {method, size, alignCorners, halfPixelCenters}, [input]);
  };

const inBlocks =
  (make: typeof depthToSpaceOp): Convert =>
  (node, scope) =>
    scope.layer(make, {block: integer(node, 'block_size')}, [imagesOf(node, scope)]);

const norm: Convert = (node, scope) => {
  if (flag(node, 'is_training')) throw new Unsupported('it normalizes by the statistics of its batch');
  const weights = [1, 2, 3, 4].map((index) => scope.constant(node, index));
  const epsilon = number(node, 'epsilon', 1e-4);
  return scope.layer(layers.batchNormalization, {epsilon, weights}, [imagesOf(node, scope)]);
};

export const images: Readonly<Record<string, Convert>> = {
  ...{MaxPool: pooling('maxPooling2d'), AvgPool: pooling('averagePooling2d')},
  ...{ResizeBilinear: resize('bilinear'), ResizeNearestNeighbor: resize('nearest')},
  ...{DepthToSpace: inBlocks(depthToSpaceOp), SpaceToDepth: inBlocks(spaceToDepthOp)},
  ...{FusedBatchNorm: norm, FusedBatchNormV2: norm, FusedBatchNormV3: norm},
};
