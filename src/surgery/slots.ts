import {
  AdadeltaOptimizer,
  AdagradOptimizer,
  AdamaxOptimizer,
  AdamOptimizer,
  fill,
  MomentumOptimizer,
  type Optimizer,
  RMSPropOptimizer,
  SGDOptimizer,
  Tensor,
  tensor,
  tidy,
  util,
  Variable,
} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {type Slot, slotListsOf, startOf, trainedBy} from '../model/optimizer';

/** Where the elements of a weight come from. */
interface Source {
  readonly variable: LayerVariable;
  /** Selects them from all elements of that variable; without it they are the same. */
  readonly pick?: (values: Float32Array) => Float32Array;
}

/** The sources of the weights of a new model, by its weights. One without a source is new, or computed from several. */
export type Sources = Map<LayerVariable, Source>;

/** The optimizers whose state is known in full: their slots, the variables in their fields, and a count of steps. */
const known = new Set<unknown>([
  SGDOptimizer,
  MomentumOptimizer,
  RMSPropOptimizer,
  AdagradOptimizer,
  AdadeltaOptimizer,
  AdamOptimizer,
  AdamaxOptimizer,
]);

/**
 * Gives the optimizer of a new model the state of the optimizer of the model that it was made of, so that the next step
 * is the one that the given model would take. An optimizer of another class than those of tfjs, one that was disposed, and
 * one whose slots are of the weights of another model start afresh, as does the slot of a weight without a source.
 */
export async function carrySlots(from: LayersModel, to: LayersModel, sources: Sources): Promise<void> {
  const [old, fresh] = [from.optimizer, to.optimizer];
  const [before, after] = [trainedBy(from), trainedBy(to)];
  const lists = slotListsOf(old).filter(([, list]) => list.length > 0);
  if (!known.has(old.constructor) || isDisposed(old) || !lists.every(([, list]) => areOf(before, list)))
    return;

  // tfjs finds a slot by the place of its weight among the trained ones.
  const placeOf = new Map(before.map((variable, place) => [variable, place]));
  const start = startOf(old);
  const carried = await Promise.all(
    lists.map(async ([field, list]) => {
      const slots = after.map((target) => {
        const source = sources.get(target);
        const slot = source && list[placeOf.get(source.variable) ?? list.length];
        return slot === undefined ? undefined : {slot, pick: source?.pick};
      });
      const values = await Promise.all(slots.map((one, i) => picked(one, after[i])));
      const kind = list[0].originalName.split('/').pop();
      return {field, kind, slots, values};
    }),
  );
  const state = variablesIn(old);
  tidy(() => {
    for (const {field, kind, slots, values} of carried) {
      const list = after.map(({name, shape}, i): Slot => {
        const value = values[i];
        const made: Tensor =
          value === undefined
            ? (slots[i]?.slot.variable ?? fill(shape as number[], start))
            : tensor(value, shape as number[]);
        return {originalName: `${name}/${kind}`, variable: made.variable(false)};
      });
      Object.assign(fresh, {[field]: list});
    }
    for (const [field, variable] of Object.entries(variablesIn(fresh))) variable.assign(state[field]);
    Object.assign(fresh, {iterations_: old.iterations});
  });
}

function isDisposed(optimizer: Optimizer): boolean {
  const parts: unknown[] = Object.values(optimizer).flat();
  return parts.some((part) => {
    const held = part instanceof Tensor ? part : (part as Slot | undefined)?.variable;
    return held instanceof Tensor && held.isDisposed;
  });
}

/** Whether the slots of a list have the shapes of the trained weights, each of the one at its place. */
function areOf(trained: readonly LayerVariable[], list: readonly Slot[]): boolean {
  return list.every(
    ({variable}, place) =>
      trained[place] === undefined || util.arraysEqual(variable.shape, trained[place].shape as number[]),
  );
}

/** The elements of a slot that remain, or undefined if all do. */
async function picked(
  one: {readonly slot: Slot; readonly pick?: Source['pick']} | undefined,
  {shape}: LayerVariable,
): Promise<Float32Array | undefined> {
  if (one?.pick === undefined || util.arraysEqual(one.slot.variable.shape, shape as number[]))
    return undefined;
  return one.pick(await one.slot.variable.data<'float32'>());
}

/** The variables in the fields of an optimizer, as the decaying factors of Adam. */
function variablesIn(optimizer: Optimizer): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(optimizer).filter((entry): entry is [string, Variable] => entry[1] instanceof Variable),
  );
}
