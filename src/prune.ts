import type {LayersModel} from '@tensorflow/tfjs-layers';
import {uniform} from './allocation/uniform';
import type {Scored} from './importance/importance';
import {magnitude} from './importance/magnitude';
import {assertFinite, scoresOf} from './importance/score';
import {knownTo} from './importance/withStatistics';
import {bitsOf} from './model/bits';
import {resetSlots, resetStored, setMask} from './model/mask';
import {queued} from './model/queue';
import {assertLayersModel} from './model/tfjs';
import {maskedIn, ones, prunableWeights, sparsityOf, type Weight} from './model/weight';
import {element} from './pattern/element';
import {numberingOf, type Pattern, selectedBy} from './pattern/pattern';
import {type Pruned, pruned, prunedWeight, type Skipped} from './pruned';
import {assertRecipe, type Recipe, withData} from './recipe';
import {alone, type Decision, decided, type Member} from './select/group';
import {inMultiples, keepTop, poolMean} from './select/select';
import {assertTarget, countsFor, type Target} from './target';
import {breathe} from './util/yieldToEventLoop';
import {choose} from './where';

/**
 * Prunes a model at once: scores its weights, pools the scores into units, decides how many units each weight
 * keeps, and masks the others. What is masked already stays masked and counts towards the target. A call waits for
 * those before it on the same model.
 *
 * @param target The share of units to prune, of each weight or with `global()` of all together; or `{keep: n}`, the
 *   count of units to keep in all; or a threshold.
 * @returns What was asked and what was reached.
 * @throws on bad input, leaving the model as it was.
 */
export async function prune(model: LayersModel, target: Target, recipe: Recipe = {}): Promise<Pruned> {
  return pruneFor('prune', model, target, recipe);
}

/** As `prune`, in the name of another. */
export async function pruneFor(
  who: string,
  model: LayersModel,
  target: Target,
  recipe: Recipe,
): Promise<Pruned> {
  assertLayersModel(who, model);
  return queued(model, () => pruneNow(who, model, target, recipe));
}

async function pruneNow(who: string, model: LayersModel, target: Target, recipe: Recipe): Promise<Pruned> {
  const {decisions, skipped} = await decide(who, model, target, recipe);
  const changes = [
    ...decisions.map(({weight, bits}) => ({...weight, bits})),
    ...((await recipe.pattern?.dependents?.(model, decisions)) ?? []),
  ];
  for (const {bits, ...masked} of changes) {
    setMask(masked, bits);
  }
  const changed = new Set(changes.map(({value}) => value.name));
  resetStored(maskedIn(model).filter(({value}) => !changed.has(value.name)));
  const weights = prunableWeights(model, who);
  resetSlots(model, [...weights, ...changes]);
  return pruned(
    typeof target === 'function' ? undefined : target,
    await sparsityOf(weights),
    decisions.map((decision) => prunedWeight(decision, recipe.pattern?.multipleOf)),
    skipped,
  );
}

/**
 * What a recipe makes of a target, before anything is done about it.
 *
 * @param scoresBy Gives the scores of weights; by default as the importance does.
 * @throws on bad input.
 */
export async function decide(
  who: string,
  model: LayersModel,
  target: Target,
  recipe: Recipe,
  scoresBy: typeof scoresOf = scoresOf,
): Promise<{decisions: Decision[]; skipped: Skipped[]}> {
  assertLayersModel(who, model);
  assertTarget(who, target);
  assertRecipe(who, recipe);
  const {importance = magnitude(), pattern = element()} = recipe;
  const {allocation = pattern.allocation ?? uniform()} = recipe;
  const {select, least = 1, multipleOf = 1} = pattern;
  if (select !== undefined && typeof target === 'object') {
    throw new Error(
      `${who}: keep must be left to this pattern, which selects its units itself; give a sparsity`,
    );
  }
  const informed = await withData(who, model, recipe);
  const {known, scored, skipped} = judged(who, model, informed);
  const elements = () => scoresBy(who, scored, importance);
  const members = await membersOf(who, known, elements, pattern);
  const tie = recipe.groups === false ? undefined : pattern.tie;
  const grouped = tie?.(who, model, members) ?? members.map(alone);
  const candidates = grouped.map(({candidate}) => candidate);
  const counts = countsFor(who, target, allocation, candidates);

  const decisions: Decision[] = [];
  for (const [i, {candidate, ...group}] of grouped.entries()) {
    const decidesItself = select !== undefined && target !== 0;
    const kept = decidesItself
      ? selectedBy(who, select, candidate.weight, candidate.scores)
      : keepTop(candidate.scores, inMultiples(Math.max(least, counts[i]), multipleOf));
    const count = decidesItself ? ones(kept) : counts[i];
    decisions.push(...decided(group, kept, count));
    await breathe();
  }
  decisions.sort((a, b) => known.indexOf(a.weight) - known.indexOf(b.weight));
  return {decisions, skipped};
}

/** The units of some weights with their scores. In a function of its own, so that the scores of elements go with it. */
async function membersOf(
  who: string,
  known: readonly Weight[],
  elements: () => Promise<Float32Array[]>,
  pattern: Pattern,
): Promise<Member[]> {
  const {pool = poolMean, least = 1} = pattern;
  const [found, masks] = await Promise.all([elements(), Promise.all(known.map(({mask}) => bitsOf(mask)))]);
  const members: Member[] = [];
  for (const [i, weight] of known.entries()) {
    const [scores, mask] = [found[i], masks[i]];
    assertFinite(who, weight, scores, mask);
    const numbering = numberingOf(who, pattern, weight);
    const pooled = numbering.units < mask.length;
    members.push({weight, mask, numbering, scores: pool(scores, mask, numbering), least, pooled});
    await breathe();
  }
  return members;
}

/** The weights that a recipe is about and of which its importance knows enough, as it gets them; and the others. */
export function judged(
  who: string,
  model: LayersModel,
  {importance = magnitude(), pattern, where, statistics}: Recipe,
): {known: Weight[]; scored: Scored[]; skipped: Skipped[]} {
  const weights = prunableWeights(model, who);
  const chosen = choose(who, model, weights, where, pattern);
  const {known, skipped} = knownTo(who, importance, chosen, statistics);
  const scored = known.map((weight) => ({
    ...weight,
    index: weights.indexOf(weight),
    statistics: statistics?.get(weight.name) ?? {},
  }));
  return {known, scored, skipped};
}
