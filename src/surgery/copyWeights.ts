import type {Variable} from '@tensorflow/tfjs-core';
import {masked} from '../model/masked';
import type {Layer} from '../model/tfjs';
import {maskedOf, withoutMasks} from '../model/weight';
import {cannotCopy} from './custom';
import type {Sources} from './slots';

/**
 * Carries the weights of a layer over to its counterpart: the masked values, what is frozen, and the masks if both
 * have them. Runs inside a tf.tidy.
 *
 * @param sources Gets where each weight comes from, by which its slots are carried over.
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
    // To the variable itself: LayerVariable.write would apply constraints, which training never does.
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
