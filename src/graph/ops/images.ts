import {layers} from '@tensorflow/tfjs-layers';
import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {flag, integer, integers, number} from '../attributes';
import {depthToSpaceOp, spaceToDepthOp} from '../layers/blocks';
import {resizeOp} from '../layers/resize';
import type {Convert, Make, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {newValue, shapeOf, type Value} from '../value';
import {windowOf} from './convolutions';

/** Images with a batch dimension, as the layers of tfjs take them. */
const imagesOf = (node: GraphNode, scope: Scope): Value => {
  const value = scope.natural(scope.batched(scope.value(node, 0)));
  if (shapeOf(value).length !== 4) throw new Unsupported(`its input has the shape [${shapeOf(value)}]`);
  return value;
};

const applied = (scope: Scope, value: Value, make: Make): Value => newValue(scope.apply(make, [value]), true);

const pooling =
  (pool: 'maxPooling2d' | 'averagePooling2d'): Convert =>
  (node, scope) => {
    const {strides, padding, margins} = windowOf(node);
    if (margins !== undefined) throw new Unsupported('its padding is explicit');
    const poolSize = integers(node, 'ksize').slice(1, 3) as [number, number];
    return applied(scope, imagesOf(node, scope), (name) =>
      layers[pool]({...name, poolSize, strides, padding}),
    );
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
      return applied(scope, input, (name) => layers.upSampling2d({...name, size: factors}));
    }
    return applied(scope, input, (name) => resizeOp({...name, method, size, alignCorners, halfPixelCenters}));
  };

const depthToSpace: Convert = (node, scope) => {
  const block = integer(node, 'block_size');
  return applied(scope, imagesOf(node, scope), (name) => depthToSpaceOp({...name, block}));
};

const spaceToDepth: Convert = (node, scope) => {
  const block = integer(node, 'block_size');
  return applied(scope, imagesOf(node, scope), (name) => spaceToDepthOp({...name, block}));
};

const norm: Convert = (node, scope) => {
  if (flag(node, 'is_training')) throw new Unsupported('it normalizes by the statistics of its batch');
  const weights = [1, 2, 3, 4].map((index) => scope.constant(node, index));
  const epsilon = number(node, 'epsilon', 1e-4);
  return applied(scope, imagesOf(node, scope), (name) =>
    layers.batchNormalization({...name, epsilon, weights}),
  );
};

export const images: Readonly<Record<string, Convert>> = {
  ...{MaxPool: pooling('maxPooling2d'), AvgPool: pooling('averagePooling2d')},
  ...{ResizeBilinear: resize('bilinear'), ResizeNearestNeighbor: resize('nearest')},
  ...{DepthToSpace: depthToSpace, SpaceToDepth: spaceToDepth},
  ...{FusedBatchNorm: norm, FusedBatchNormV2: norm, FusedBatchNormV3: norm},
};
