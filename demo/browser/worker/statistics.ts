import {dispose, type Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import * as library from 'tfjs-pruning';
import {examples, type Mnist} from './digits';
import type {Parts} from './recipe';

/** The number of digits for the statistics of a cut. */
const SEEN = 512;

/** What the library may come to offer for importances that score by data. */
const {measure} = library as {
  measure?: (model: LayersModel, x: Tensor, y: Tensor, options: {needs: unknown}) => Promise<unknown>;
};

/** The recipe with the statistics of its importance on some training digits; in a run, callbacks collect them. */
export async function withStatistics(recipe: Parts, model: LayersModel, mnist: Mnist): Promise<Parts> {
  const {needs} = recipe.importance as {needs?: readonly unknown[]};
  if (!needs?.length || !measure) {
    return recipe;
  }
  await mnist.available(SEEN);
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
