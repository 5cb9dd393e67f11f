import type {Tensor} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import {describe} from '../src/util/describe';

/** Throws where fit would fail on a callback without naming it; functions that make callbacks refuse themselves. */
export function assertCallbacks(who: string, args: unknown): void {
  const all: unknown[] = [Object(args).callbacks ?? []].flat();
  const isInstance = (callback: unknown) => typeof Object(callback).setParams === 'function';
  const plain = all.findIndex((callback) => typeof callback === 'object' && !isInstance(callback));
  if (plain > 0 && isInstance(all[0])) {
    throw new Error(
      `${who}: callbacks must be all instances or all plain objects, got ${describe(all[plain])} after an instance; ` +
        'wrap it: new tf.CustomCallback({…})',
    );
  }
}

/** Throws unless there are as many tensors as a layer or model with masks has weights, which its masks are too. */
export function assertWeights(layer: layers.Layer, given: unknown): void {
  const {name, weights} = layer;
  const masks = weights.filter(({dtype}) => dtype === 'bool').length;
  const count = (given as Tensor[] | null | undefined)?.length;
  if (masks > 0 && count !== weights.length) {
    throw new Error(
      `setWeights: "${name}" has ${weights.length} weights, of which ${masks} are masks of dtype bool, got ${count}; ` +
        'give masks too, as getWeights() returns them',
    );
  }
}
