import type {LayersModel} from '@tensorflow/tfjs-layers';
import {magnitude} from './importance/magnitude';
import {scoresOf} from './importance/score';
import {resetSlots, resetStored, setMask} from './model/mask';
import {maskedIn, type Network, readPrunable} from './model/network';
import {queued} from './model/queue';
import {sparsityOf} from './model/weight';
import {element} from './pattern/element';
import {selectedUnits, singleGroups} from './pattern/units';
import {type Pruned, pruned, prunedWeight, type Skipped} from './pruned';
import {assertRecipe, type Recipe, weightsFor, withData} from './recipe';
import {type Decision, masksFor} from './select/group';
import {askedOf, assertTarget, countsFor, type Target} from './target';
import {yieldToEventLoop} from './util/yieldToEventLoop';

/**
 * Prunes a model: scores the elements of its weights, pools the scores into units, groups tied units, allocates the
 * target, selects each group's best units, and masks the others. Elements that are masked already stay masked and
 * count towards the target. A call waits for earlier calls on the same model.
 *
 * @param target The share of units to prune, in each weight or with `global()` in all together; or `{keep: n}`, the
 *   count of units to keep in all, a number or a function of the count of all units; or a threshold.
 * @returns The requested target, and the sparsity that it reached.
 * @throws on bad input, leaving the model unchanged.
 * @example await prune(model, 0.5);
 * @example await prune(model, 0.5, {pattern: channel(), importance: taylor(), data: [x, y]});
 * @example console.log(`${await prune(model, {keep: 100}, {allocation: global()})}`);
 */
export async function prune(model: LayersModel, target: Target, recipe: Recipe = {}): Promise<Pruned> {
  const network = readPrunable('prune', model);
  return queued(model, () => pruneNetwork(network, target, recipe));
}

/** As `prune`, in the name of the function that read the network, and without waiting for earlier calls. */
export async function pruneNetwork(network: Network, target: Target, recipe: Recipe): Promise<Pruned> {
  const {model, weights} = network;
  const {asked, decisions, skipped} = await decide(network, target, recipe);
  const changes = [
    ...decisions.map(({weight, bits}) => ({...weight, bits})),
    ...((await recipe.pattern?.dependents?.(network, decisions)) ?? []),
  ];
  for (const {bits, ...one} of changes) setMask(one, bits);
  const changed = new Set(changes.map(({value}) => value.name));
  resetStored(maskedIn(network).filter(({value}) => !changed.has(value.name)));
  resetSlots(model, [...weights, ...changes]);
  return pruned(
    asked,
    await sparsityOf(weights),
    decisions.map((decision) => prunedWeight(decision, recipe.pattern?.roundTo)),
    skipped,
  );
}

/**
 * The new masks that a recipe and a target give, without setting them.
 *
 * @param scoresBy Scores the elements of weights; by the importance by default.
 * @throws on bad input.
 */
export async function decide(
  network: Network,
  target: Target,
  recipe: Recipe,
  scoresBy: typeof scoresOf = scoresOf,
): Promise<{asked: Pruned['asked']; decisions: Decision[]; skipped: Skipped[]}> {
  assertTarget(network.who, target);
  assertRecipe(network.who, recipe);
  const {importance = magnitude(), pattern = element()} = recipe;
  const {weights, scored, skipped} = weightsFor(network, await withData(network, recipe));
  const singles = await singleGroups(network, weights, scoresBy(network, scored, importance), pattern);
  const groups = (recipe.groups === false ? undefined : pattern.tie?.(network, singles)) ?? singles;
  const counts = countsFor(network, target, recipe, groups);
  const decisions: Decision[] = [];
  for (const [i, group] of groups.entries()) {
    const {kept, count} = selectedUnits(network, pattern, target, group, counts[i]);
    decisions.push(...masksFor(group, kept, count));
    await yieldToEventLoop();
  }
  decisions.sort((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight));
  return {asked: askedOf(network.who, target, groups), decisions, skipped};
}
