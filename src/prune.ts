import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Allocation} from './allocation/allocation';
import {uniform} from './allocation/uniform';
import {bitsOf} from './bits';
import {breathe} from './breathe';
import {followers} from './followers';
import {alone, bundles, type Decision, decided, type Member} from './groups';
import type {Importance} from './importance/importance';
import {magnitude} from './importance/magnitude';
import {assertFinite, scoresOf} from './importance/score';
import {resetSlots, setMask} from './mask';
import {assertOptions} from './options';
import {element} from './pattern/element';
import {numberingOf, type Pattern, selectedBy} from './pattern/pattern';
import {type Pruned, pruned, prunedWeight, type Skipped} from './pruned';
import {queued} from './queue';
import {inMultiples, keepTop, poolMean} from './select';
import {knownTo} from './statistics/known';
import type {Statistics} from './statistics/statistic';
import {assertLayersModel, describe} from './tfjs';
import type {Threshold} from './threshold';
import {ones, prunableWeights, sparsityOf} from './weight';
import {choose, type Where} from './where';

/** How much to prune: a sparsity in [0, 1), or a threshold. */
export type Target = number | Threshold;

/** The three choices that make a pruning method, and the weights it is about. */
export interface Recipe {
  /** What an element is worth; `magnitude()` by default. */
  importance?: Importance;
  /** What lives and dies together; `element()` by default. */
  pattern?: Pattern;
  /** How the weights share a sparsity out; `uniform()` by default, unless the pattern has one of its own. */
  allocation?: Allocation;
  /** All prunable weights by default, but for structured patterns not those that make the model's outputs. */
  where?: Where;
  /** What the importance needs to know, from `measure`. A weight of which it is not known is left as it is. */
  statistics?: Statistics;
  /**
   * Channels that are tied to each other, as those that are added up, are judged together, by the mean of their scores,
   * and live and die together, among the weights that are meant; true by default for `channel()`.
   */
  groups?: boolean;
}

export const recipeOptions = [
  'importance',
  'pattern',
  'allocation',
  'where',
  'statistics',
  'groups',
] as const;

/**
 * Prunes a model at once: scores its weights, pools the scores into units, decides how many units each weight
 * keeps, and masks the others. What is masked already stays masked and counts towards the target. A call waits for
 * those before it on the same model.
 *
 * @param target The share of units to prune, of each weight or with `global()` of all together; or a threshold.
 * @returns What was asked and what was reached.
 * @throws on bad input, leaving the model as it was.
 */
export async function prune(model: LayersModel, target: Target, recipe: Recipe = {}): Promise<Pruned> {
  assertLayersModel('prune', model);
  return queued(model, () => pruneNow(model, target, recipe));
}

async function pruneNow(model: LayersModel, target: Target, recipe: Recipe): Promise<Pruned> {
  const {decisions, skipped} = await decide('prune', model, target, recipe);
  const changes = [
    ...decisions.map(({weight, bits}) => ({...weight, bits})),
    ...(recipe.pattern?.structured ? await followers(model, decisions) : []),
  ];
  for (const {bits, ...masked} of changes) {
    setMask(masked, bits);
  }
  const weights = prunableWeights(model, 'prune');
  resetSlots(model, [...weights, ...changes]);
  return pruned(
    typeof target === 'number' ? target : undefined,
    await sparsityOf(weights),
    decisions.map((decision) => prunedWeight(decision, recipe.pattern?.multipleOf)),
    skipped,
  );
}

/** What a recipe makes of a target, before anything is done about it. @throws on bad input. */
export async function decide(
  who: string,
  model: LayersModel,
  target: Target,
  recipe: Recipe,
): Promise<{decisions: Decision[]; skipped: Skipped[]}> {
  const weights = prunableWeights(model, who);
  assertTarget(who, target);
  assertOptions(who, recipe, recipeOptions);
  const {importance = magnitude(), pattern = element(), where, statistics} = recipe;
  const {groups = pattern.groups ?? false} = recipe;
  assertGroups(who, groups, pattern);
  const {allocation = pattern.allocation ?? uniform()} = recipe;
  const {pool = poolMean, select, least = 1, multipleOf = 1} = pattern;

  const members: Member[] = [];
  const {known, skipped} = knownTo(who, importance, choose(who, model, weights, where, pattern), statistics);
  const scored = known.map((weight) => ({
    ...weight,
    index: weights.indexOf(weight),
    statistics: statistics?.get(weight.name) ?? {},
  }));
  const [found, masks] = await Promise.all([
    scoresOf(scored, importance),
    Promise.all(known.map(({mask}) => bitsOf(mask))),
  ]);
  for (const [i, weight] of known.entries()) {
    const [scores, mask] = [found[i], masks[i]];
    assertFinite(weight, scores, mask);
    const numbering = numberingOf(who, pattern, weight);
    const pooled = numbering.units < mask.length;
    members.push({weight, mask, numbering, scores: pool(scores, mask, numbering), least, pooled});
    await breathe();
  }

  const bundled = groups ? bundles(who, model, members) : members.map(alone);
  const candidates = bundled.map(({candidate}) => candidate);
  const counts = typeof target === 'number' ? allocation(candidates, target) : target(candidates);
  assertCounts(who, counts, candidates.length);

  const decisions: Decision[] = [];
  for (const [i, {candidate, ...bundle}] of bundled.entries()) {
    const decidesItself = select !== undefined && target !== 0;
    const kept = decidesItself
      ? selectedBy(who, select, candidate.weight, candidate.scores)
      : keepTop(candidate.scores, inMultiples(Math.max(least, counts[i]), multipleOf));
    const count = decidesItself ? ones(kept) : counts[i];
    decisions.push(...decided(bundle, kept, count));
    await breathe();
  }
  decisions.sort((a, b) => known.indexOf(a.weight) - known.indexOf(b.weight));
  return {decisions, skipped};
}

/** Throws unless `target` is a sparsity or a threshold. */
export function assertTarget(who: string, target: unknown): asserts target is Target {
  if (typeof target !== 'function' && !(typeof target === 'number' && target >= 0 && target < 1)) {
    throw new Error(
      `${who}: sparsity must be a number in [0, 1), the share to prune, or a threshold(), got ${describe(target)}`,
    );
  }
}

function assertGroups(who: string, groups: unknown, pattern: Pattern): void {
  if (typeof groups !== 'boolean') {
    throw new Error(`${who}: groups must be true or false, got ${describe(groups)}`);
  }
  if (groups && !pattern.groups) {
    throw new Error(`${who}: groups are of channels, and the units of the pattern are not; use channel()`);
  }
}

function assertCounts(who: string, keep: unknown, weights: number): void {
  if (!Array.isArray(keep) || keep.length !== weights || keep.some((count) => !Number.isInteger(count))) {
    throw new Error(
      `${who}: the allocation or target must return ${weights} whole numbers, the units to keep of each weight, ` +
        `got ${describe(keep)}; a factory is to be called, as global()`,
    );
  }
}
