import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import type {Network} from './model/network';
import type {Layer} from './model/tfjs';
import {isContainer} from './model/tree';
import {hasLargeWeight, hasMaskedWeight, type Weight} from './model/weight';
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
 * The weights that `where` selects; by default all, but for structured patterns not those of the output layers, whose units
 * are the outputs of the model.
 *
 * @throws if a layer is unknown, or if no weight is selected.
 */
export function choose(network: Network, where: Where | undefined, pattern?: Pattern): Weight[] {
  if (where !== undefined) assertWhere(network.who, where);
  const chosen = network.weights.filter(filterOf(network, where, pattern));
  if (chosen.length === 0) {
    throw network.refuse(
      `no weight of model "${network.model.name}" is selected; its prunable layers are ${namesOf(network)}` +
        (where === undefined
          ? ', and they make its outputs; name them in `where` to prune them all the same'
          : ''),
    );
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
      // A promise, or the result of another part of a recipe, would count as true.
      if (typeof isSelected !== 'boolean') {
        throw network.refuse(`where must return true or false, got ${describe(isSelected)}`);
      }
      return isSelected;
    };
  }
  if (where === undefined) {
    const kept = pattern?.structured ? outputLayers(network) : new Set<string>();
    return ({layer}) => !kept.has(layer);
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

/** The paths of the output layers: the prunable layers from which an output depends on no other large weight. */
function outputLayers({model, leaves}: Network): Set<string> {
  const pathOf = new Map(leaves.map(({layer, path}) => [layer, path]));
  const found = new Set<string>();
  const seen = new Map<SymbolicTensor, boolean>();
  /** Follows a tensor back; returns whether it depends on an input of its model without a large weight between. */
  const follow = (tensor: SymbolicTensor): boolean => {
    const known = seen.get(tensor);
    if (known !== undefined) {
      return known;
    }
    const layer: Layer = tensor.sourceLayer;
    const {inputTensors} = layer.inboundNodes[tensor.nodeIndex];
    const through = (tensors: SymbolicTensor[]) => tensors.map(follow).some(Boolean);
    const follows = () => {
      if (isContainer(layer)) {
        return through(layer.outputs) && through(inputTensors);
      }
      if (hasMaskedWeight(layer)) {
        found.add(pathOf.get(layer) as string);
        return false;
      }
      // The input of an input layer is its own output.
      return inputTensors.includes(tensor) || (!hasLargeWeight(layer) && through(inputTensors));
    };
    const result = follows();
    seen.set(tensor, result);
    return result;
  };
  model.outputs.forEach(follow);
  return found;
}
