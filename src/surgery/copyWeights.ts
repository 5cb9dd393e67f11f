import type {Variable} from '@tensorflow/tfjs-core';
import {masked} from '../model/masked';
import type {Layer} from '../model/tfjs';
import {maskedOf, withoutMasks} from '../model/weight';
import {cannotCopy} from './custom';
import type {Sources} from './slots';

/**
 * Copies a layer's weights: their masked values, which are frozen, and the masks if both layers have them. Runs inside a
 * tf.tidy.
 *
 * @param sources Receives each weight's source, for its slots.
 */
export function copyWeights(from: Layer, to: Layer, sources: Sources): void {
  const [source, target] = [maskedOf(from), maskedOf(to)];
  const [variables, targets] = [withoutMasks(from, source), withoutMasks(to, target)];
  const [given, made] = [variables, targets].map((all) => all.map(({shape}) => `[${shape}]`).join(', '));
  if (given !== made) {
    throw cannotCopy(from, `has weights of shapes ${given}, and its copy ${made || 'none'}`);
  }
  variables.forEach((variable, i) => {
    const value = variable.read() as Variable;
    const mask = source.find((weight) => weight.value.name === value.name)?.mask;
    // LayerVariable.write would apply constraints, which training never does.
    (targets[i].read() as Variable).assign(mask === undefined ? value : masked(value, mask));
    targets[i].trainable = variable.trainable;
    sources.set(targets[i], {variable});
  });
  target.forEach(({mask}, i) => {
    if (source[i] !== undefined) {
      mask.assign(source[i].mask);
    }
  });
}
