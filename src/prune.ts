import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Allocation} from './allocation/allocation';
import {uniform} from './allocation/uniform';
import {breathe} from './breathe';
import {followers} from './followers';
import type {Importance} from './importance/importance';
import {magnitude} from './importance/magnitude';
import {score} from './importance/score';
import {resetSlots, setMask} from './mask';
import {assertOptions} from './options';
import {element} from './pattern/element';
import {assertNumbering, type Pattern} from './pattern/pattern';
import {type Pruned, pruned, prunedWeight} from './pruned';
import {countAbove, keepTop, pool, spread} from './select';
import {describe} from './tfjs';
import type {Threshold} from './threshold';
import {prunableWeights, sparsityOf} from './weight';
import {choose, type Where} from './where';

/** How much to prune: a sparsity in [0, 1), or a threshold. */
export type Target = number | Threshold;

/** The three choices that make a pruning method, and the weights it is about. */
export interface Recipe {
  /** What an element is worth; `magnitude()` by default. */
  importance?: Importance;
  /** What lives and dies together; `element()` by default. */
  pattern?: Pattern;
  /** How the weights share a sparsity out; `uniform()` by default. */
  allocation?: Allocation;
  /** All prunable weights by default, but for structured patterns not those that make the model's outputs. */
  where?: Where;
}

export const recipeOptions = ['importance', 'pattern', 'allocation', 'where'] as const;

/**
 * Prunes a model at once: scores its weights, pools the scores into units, decides how many units each weight
 * keeps, and masks the others. What is masked already stays masked and counts towards the target.
 *
 * @param target The share of units to prune, of each weight or with `global()` of all together; or a threshold.
 * @returns What was asked and what was reached.
 * @throws on bad input, leaving the model as it was.
 */
export async function prune(model: LayersModel, target: Target, recipe: Recipe = {}): Promise<Pruned> {
  const weights = prunableWeights(model, 'prune');
  assertTarget('prune', target);
  assertOptions('prune', recipe, recipeOptions);
  const {importance = magnitude(), pattern = element(), allocation = uniform(), where} = recipe;

  const candidates = [];
  for (const weight of choose('prune', model, weights, where, pattern)) {
    const mask = (await weight.mask.data()) as Uint8Array;
    const scores = await score({...weight, index: weights.indexOf(weight)}, importance, mask);
    const numbering = pattern(weight);
    assertNumbering('prune', numbering);
    candidates.push({weight, mask, numbering, scores: pool(scores, mask, numbering)});
    await breathe();
  }

  const keep = typeof target === 'number' ? allocation(candidates, target) : target(candidates);
  assertCounts(keep, candidates.length);

  const masks: Uint8Array[] = [];
  for (const [i, {scores, mask, numbering}] of candidates.entries()) {
    masks.push(spread(keepTop(scores, Math.max(1, keep[i])), mask, numbering));
    await breathe();
  }

  const changes = [
    ...candidates.map(({weight}, i) => ({...weight, bits: masks[i]})),
    ...(pattern.structured ? await followers(model, candidates, masks) : []),
  ];
  for (const {bits, ...masked} of changes) {
    setMask(masked, bits);
  }
  resetSlots(model, [...weights, ...changes]);

  const asked = typeof target === 'number' ? target : undefined;
  const rows = candidates.map(({weight, scores}, i) =>
    prunedWeight(weight.name, scores.length, countAbove(scores, Number.NEGATIVE_INFINITY), keep[i]),
  );
  return pruned(asked, await sparsityOf(weights), rows);
}

/** Throws unless `target` is a sparsity or a threshold. */
export function assertTarget(who: string, target: unknown): asserts target is Target {
  if (typeof target !== 'function' && !(typeof target === 'number' && target >= 0 && target < 1)) {
    throw new Error(
      `${who}: sparsity must be a number in [0, 1), the share to prune, or a threshold(), got ${describe(target)}`,
    );
  }
}

function assertCounts(keep: unknown, weights: number): void {
  if (!Array.isArray(keep) || keep.length !== weights || keep.some((count) => !Number.isInteger(count))) {
    throw new Error(
      `prune: the allocation or target must return ${weights} whole numbers, the units to keep of each weight, ` +
        `got ${describe(keep)}; a factory is to be called, as global()`,
    );
  }
}
