import {dispose} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {measure} from 'tfjs-pruning';
import {examples, type Mnist} from './digits';
import {enableGradients} from './gradients';
import type {Parts} from './recipe';

/** The number of digits for the statistics of the slider. */
const SEEN = 512;

/** The recipe with the statistics of its importance on some training digits; in a run, callbacks collect them. */
export async function withStatistics(recipe: Parts, model: LayersModel, mnist: Mnist): Promise<Parts> {
  const {needs} = recipe.importance;
  if (!needs?.length) {
    return recipe;
  }
  await Promise.all([enableGradients(), mnist.load(0, SEEN)]);
  const {x, y} = examples(
    mnist.train,
    Array.from({length: SEEN}, (_, i) => i),
  );
  try {
    return {...recipe, statistics: await measure(model, x, y, {needs})} as Parts;
  } finally {
    dispose([x, y]);
  }
}
