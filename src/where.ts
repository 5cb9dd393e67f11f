import type {Network} from './model/network';
import type {Weight} from './model/weight';
import type {Pattern} from './pattern/pattern';
import {describe} from './util/describe';
import {ask, assertPart, misfit} from './util/factory';

/**
 * The weights that a recipe selects: a function, or the names of layers. The name of a nested model selects all its layers.
 */
export type Where = ((weight: Weight) => boolean) | readonly string[];

/** Throws unless `where` is a function or a list of names. */
export function assertWhere(who: string, where: unknown): void {
  if (!Array.isArray(where)) {
    assertPart(who, 'where', where);
  } else if (where.some((name) => typeof name !== 'string')) {
    throw misfit(who, 'where', describe(where));
  }
}

/**
 * The weights that `where` selects; by default all, except in the layers that the pattern skips.
 *
 * @throws if a layer is unknown, or if no weight is selected.
 */
export function choose(network: Network, where: Where | undefined, pattern?: Pattern): Weight[] {
  if (where !== undefined) assertWhere(network.who, where);
  const chosen = network.weights.filter(filterOf(network, where, pattern));
  if (chosen.length === 0) {
    throw network.refuse(
      `no weight of model "${network.model.name}" is selected; its prunable layers are ${namesOf(network)}` +
        (where === undefined ? ', all of which the pattern skips; name them in `where` to prune them' : ''),
    );
  }
  return chosen;
}

/**
 * The selected weights that fit trains.
 *
 * @param done The word for the error, such as pruned.
 * @throws also if all of them are frozen.
 */
export function chooseTrained(
  network: Network,
  done: string,
  where: Where | undefined,
  pattern?: Pattern,
): Weight[] {
  const trained = new Set(network.model.trainableWeights.map(({name}) => name));
  const chosen = choose(network, where, pattern).filter(({value}) => trained.has(value.name));
  if (chosen.length === 0) {
    throw network.refuse(`all selected weights are frozen; nothing would be ${done}`);
  }
  return chosen;
}

function filterOf(
  network: Network,
  where: Where | undefined,
  pattern: Pattern | undefined,
): (weight: Weight) => boolean {
  if (typeof where === 'function') {
    return (weight) => {
      const isSelected: unknown = ask(network.who, 'where', where, weight);
      // A promise, or the result of another recipe part, would count as true.
      if (typeof isSelected !== 'boolean') {
        throw network.refuse(`where must return true or false, got ${describe(isSelected)}`);
      }
      return isSelected;
    };
  }
  if (where === undefined) {
    const skipped = pattern?.skips?.(network);
    return ({layer}) => !skipped?.has(layer);
  }
  const names: readonly string[] = where;
  const isSelected = (name: string, {layer}: Weight) => layer === name || layer.startsWith(`${name}/`);
  const unknown = names.find((name) => !network.weights.some((weight) => isSelected(name, weight)));
  if (unknown !== undefined) {
    throw network.refuse(`there is no prunable layer "${unknown}"; there are ${namesOf(network)}`);
  }
  return (weight) => names.some((name) => isSelected(name, weight));
}

function namesOf({weights}: Network): string {
  return [...new Set(weights.map(({layer}) => layer))].join(', ');
}
