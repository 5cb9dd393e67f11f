import {fill, type Optimizer, Tensor, tensor, tidy, util, Variable} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {isKnown, type Slot, slotListsOf, startOf, trainedBy} from '../model/optimizer';

/** The source of a weight's elements. */
interface Source {
  readonly variable: LayerVariable;
  /** Selects the elements from all of that variable; all by default. */
  readonly pick?: (values: Float32Array) => Float32Array;
}

/** The sources of a new model's weights. A weight without a source is new, or computed from several. */
export type Sources = Map<LayerVariable, Source>;

/**
 * Carries the optimizer state over from a model to one made from it, so that both take the same next step. Slots of weights
 * without a source start afresh, as does the whole optimizer if it is a custom one, was disposed, or has another model's
 * slots.
 */
export async function carrySlots(from: LayersModel, to: LayersModel, sources: Sources): Promise<void> {
  const [old, fresh] = [from.optimizer, to.optimizer];
  const [before, after] = [trainedBy(from), trainedBy(to)];
  const lists = slotListsOf(old).filter(([, list]) => list.length > 0);
  const isOfModel = lists.every(([, list]) => list.every(({variable}, i) => fits(variable, before[i])));
  if (!isKnown(old) || isDisposed(old) || !isOfModel) return;

  const start = startOf(old);
  const carried = await Promise.all(
    lists.map(async ([field, list]) => {
      const values = after.map((target) => {
        const source = sources.get(target);
        // tfjs finds a slot by the place of its weight among the trained ones.
        const slot = source && list[before.indexOf(source.variable)];
        return slot && carriedValue(slot.variable, target, source.pick);
      });
      return {field, kind: list[0].originalName.split('/').pop(), values: await Promise.all(values)};
    }),
  );
  const state = variablesIn(old);
  tidy(() => {
    for (const {field, kind, values} of carried) {
      const list = after.map(({name, shape}, i): Slot => {
        const [value, dims] = [values[i], shape as number[]];
        const made = value instanceof Tensor ? value : value ? tensor(value, dims) : fill(dims, start);
        return {originalName: `${name}/${kind}`, variable: made.variable(false)};
      });
      Object.assign(fresh, {[field]: list});
    }
    for (const [field, variable] of Object.entries(variablesIn(fresh))) variable.assign(state[field]);
    Object.assign(fresh, {iterations_: old.iterations});
  });
}

function isDisposed(optimizer: Optimizer): boolean {
  const parts: (Partial<Slot & Tensor> | null)[] = Object.values(optimizer).flat();
  return parts.some((part) => part?.isDisposed ?? part?.variable?.isDisposed);
}

/** Whether a slot has the trained weight's shape at its place, if there is one. */
function fits(slot: Tensor, trained: LayerVariable | undefined): boolean {
  return trained === undefined || util.arraysEqual(slot.shape, trained.shape as number[]);
}

/** The slot itself if all of its elements remain, else those that do. */
async function carriedValue(
  slot: Tensor,
  target: LayerVariable,
  pick: Source['pick'],
): Promise<Tensor | Float32Array> {
  return pick === undefined || fits(slot, target) ? slot : pick(await slot.data<'float32'>());
}

/** The variables in an optimizer's fields, as the decaying factors of Adam. */
function variablesIn(optimizer: Optimizer): Record<string, Variable> {
  return Object.fromEntries(Object.entries(optimizer).filter(([, value]) => value instanceof Variable));
}
