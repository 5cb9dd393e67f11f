import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import type {Layer} from './model/tfjs';
import {isContainer, leaves} from './model/tree';
import {hasLargeWeight, type Weight, weightsOf} from './model/weight';
import type {Pattern} from './pattern/pattern';
import {describe} from './util/describe';
import {ask, assertPart, misfit} from './util/factory';

/**
 * Which weights a recipe is about: a function, or the names of layers. A nested model's name stands for all
 * the layers in it.
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
 * The weights that `where` means; by default all, but for structured patterns not those of the layers that make
 * the model's outputs, whose units are the answers.
 *
 * @throws if a layer is unknown, or if nothing is left to prune.
 */
export function choose(
  who: string,
  model: LayersModel,
  weights: Weight[],
  where: Where | undefined,
  pattern?: Pattern,
): Weight[] {
  if (where !== undefined) assertWhere(who, where);
  const chosen = weights.filter(filterOf(who, model, weights, where, pattern));
  if (chosen.length === 0) {
    throw new Error(
      `${who}: no weight of model "${model.name}" is meant; its prunable layers are ${namesOf(weights)}` +
        (where === undefined
          ? ', and they make its outputs; name them in `where` to prune them all the same'
          : ''),
    );
  }
  return chosen;
}

function filterOf(
  who: string,
  model: LayersModel,
  weights: Weight[],
  where: Where | undefined,
  pattern: Pattern | undefined,
): (weight: Weight) => boolean {
  if (typeof where === 'function') {
    return (weight) => {
      const isMeant: unknown = ask(who, 'where', where, weight);
      // A promise would be as good as true.
      if (isMeant instanceof Promise)
        throw new Error(`${who}: where must return true or false, got a promise`);
      return Boolean(isMeant);
    };
  }
  if (where === undefined) {
    const kept = pattern?.structured ? outputLayers(model) : new Set<string>();
    return ({layer}) => !kept.has(layer);
  }
  const names: readonly string[] = where;
  const isMeant = (name: string, {layer}: Weight) => layer === name || layer.startsWith(`${name}/`);
  const unknown = names.find((name) => !weights.some((weight) => isMeant(name, weight)));
  if (unknown !== undefined) {
    throw new Error(`${who}: there is no prunable layer "${unknown}"; there are ${namesOf(weights)}`);
  }
  return (weight) => names.some((name) => isMeant(name, weight));
}

function namesOf(weights: Weight[]): string {
  return [...new Set(weights.map(({layer}) => layer))].join(', ');
}

/** The paths of the prunable layers with nothing but layers without large weights between them and an output. */
function outputLayers(model: LayersModel): Set<string> {
  const pathOf = new Map(leaves(model).map(({layer, path}) => [layer, path]));
  const found = new Set<string>();
  const seen = new Map<SymbolicTensor, boolean>();
  /** Follows a tensor back; true if an input of the model at hand shows through. */
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
      if (weightsOf(layer).length > 0) {
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
