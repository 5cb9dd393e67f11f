import {type Optimizer, tidy, util, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {resetSlots, resetStored} from '../model/mask';
import {maskedIn, type Network, readNetwork} from '../model/network';
import {isKnown, trainedBy} from '../model/optimizer';
import {queued} from '../model/queue';
import {variablesOf} from '../model/tfjs';
import {assertFlag, assertOptions, isRecord, wrong} from '../util/options';
import {
  assignSaved,
  restoreOptimizer,
  type SavedOptimizer,
  type SavedTensor,
  saveOptimizer,
  saveTensor,
} from './savedState';

/** A model's weights and the state of its optimizer at one time, on the host. `structuredClone` and IndexedDB can hold it. */
export interface ModelSnapshot {
  /** The weights without the masks, in the model's order. */
  readonly weights: readonly SavedTensor[];
  /** Undefined if the model was not compiled, or with a custom optimizer. */
  readonly optimizer: SavedOptimizer | undefined;
}

/** Options for `rewind`. */
export interface RewindOptions {
  /** Whether to rewind the optimizer too; true by default. */
  optimizer?: boolean;
}

/**
 * Remembers a model's weights and the state of its optimizer, to return to with `rewind`.
 *
 * @returns copies on the host, which hold no tensors.
 * @throws unless it is a built LayersModel.
 * @example const start = await snapshot(model);
 */
export async function snapshot(model: LayersModel): Promise<ModelSnapshot> {
  const network = readNetwork('snapshot', model);
  return queued(model, async () => {
    const optimizer = model.optimizer as Optimizer | undefined;
    const [weights, saved] = await Promise.all([
      Promise.all(valuesIn(network).map(saveTensor)),
      optimizer != null && isKnown(optimizer) ? saveOptimizer(optimizer) : undefined,
    ]);
    return {weights, optimizer: saved};
  });
}

/**
 * Returns a model to the weights and the optimizer state of a snapshot, and keeps its masks: elements that are pruned now stay 0, and
 * their slots are reset. So the remaining weights can be trained again from their initial values, as a lottery ticket, or from those of an
 * early epoch. The snapshot may be of a model without masks that has the same layers.
 *
 * @returns a promise that is fulfilled when the model has the values of the snapshot.
 * @throws if the model has other weights than the snapshot, or another optimizer; it is unchanged then.
 * @see Frankle, Carbin: The Lottery Ticket Hypothesis, 2019; Frankle et al.: Linear Mode Connectivity and the Lottery Ticket
 *   Hypothesis, 2020, for early epochs.
 * @example
 * const start = await snapshot(model);
 * await model.fit(x, y, {epochs: 5});
 * await prune(model, 0.8);
 * await rewind(model, start);
 */
export async function rewind(
  model: LayersModel,
  snapshot: ModelSnapshot,
  options: RewindOptions = {},
): Promise<void> {
  const network = readNetwork('rewind', model);
  if (!isRecord(snapshot) || !Array.isArray(snapshot.weights)) {
    throw wrong('rewind', 'the snapshot', 'one of snapshot(model)', snapshot);
  }
  assertOptions('rewind', options, ['optimizer']);
  const {optimizer = true} = options;
  assertFlag('rewind', 'optimizer', optimizer);
  return queued(model, async () => {
    const variables = valuesIn(network);
    assertSameTensors(network, variables, snapshot.weights);
    const saved = optimizer ? optimizerFor(network, snapshot) : undefined;
    tidy(() => {
      for (const [i, variable] of variables.entries()) assignSaved(variable, snapshot.weights[i]);
      if (saved !== undefined) restoreOptimizer(model, saved);
    });
    const masked = maskedIn(network);
    resetStored(masked);
    resetSlots(model, masked);
  });
}

/** The variables of a network without the masks. */
function valuesIn({leaves}: Network): Variable[] {
  const all = leaves.flatMap(({layer}) => variablesOf(layer)).map((weight) => weight.read() as Variable);
  return [...new Set(all)].filter(({dtype}) => dtype !== 'bool');
}

/** The state for the optimizer of a model. @throws unless it fits. */
function optimizerFor(
  {model, refuse}: Network,
  {optimizer: saved}: ModelSnapshot,
): SavedOptimizer | undefined {
  const optimizer = model.optimizer as Optimizer | undefined;
  if (optimizer == null) return undefined;
  const other = 'compile it with that again, or give {optimizer: false}';
  if (saved?.className !== optimizer.getClassName() || !isKnown(optimizer)) {
    throw refuse(
      `the snapshot has the state of ${saved?.className ?? 'no optimizer of tfjs'}, and model "${model.name}" is compiled ` +
        `with ${optimizer.getClassName()}; ${other}`,
    );
  }
  const trained = trainedBy(model);
  for (const list of Object.values(saved.slots)) {
    const fits = list.every(({shape}, i) =>
      util.arraysEqual([...shape], (trained[i]?.shape ?? []) as number[]),
    );
    if (!fits || (list.length > 0 && list.length !== trained.length)) {
      throw refuse(`model "${model.name}" trains other weights than those of the snapshot; ${other}`);
    }
  }
  return saved;
}

function assertSameTensors(
  {model, refuse}: Network,
  own: readonly Variable[],
  saved: readonly SavedTensor[],
): void {
  const what = 'the model of the snapshot, or one with the same layers';
  if (own.length !== saved.length) {
    throw refuse(
      `model "${model.name}" has ${own.length} weights without masks, the snapshot ${saved.length}; give ${what}`,
    );
  }
  for (const [i, {name, shape, dtype}] of own.entries()) {
    if (!util.arraysEqual(shape, [...saved[i].shape]) || dtype !== saved[i].dtype) {
      throw refuse(
        `weight "${name}" has shape [${shape}], and "${saved[i].name}" in the snapshot [${saved[i].shape}]; give ${what}`,
      );
    }
  }
}
