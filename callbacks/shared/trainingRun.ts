import type {LayersModel, Logs} from '@tensorflow/tfjs-layers';
import {modelInternals} from '../../src/model/tfjs';
import type {Pruned} from '../../src/pruned';

/** A callback that writes figures of the model into the logs. */
export interface Evaluator {
  /** The names of the figures in the logs. */
  readonly names: string[];
  /** Evaluates the model now. */
  figures(): Promise<Record<string, number>>;
  /** Writes the figures into an epoch's logs, once. */
  write(logs: Logs): Promise<void>;
}

/** The last update of the masks in a run. */
export interface LastUpdate {
  readonly unit: 'epoch' | 'batch';
  readonly time: number;
}

/** The state that the callbacks of one fit share. */
export interface TrainingRun {
  readonly evaluators: Set<Evaluator>;
  /** Whether a callback prunes the model; of callbacks later in the list it is known from the first epoch on. */
  prunes?: boolean;
  /** The latest update of the masks. */
  latest?: Pruned;
  /**
   * When the callbacks that prune by a plan update the masks last: the epoch, or the batch counted from the run's first.
   * They ask for the first epoch of the run.
   */
  readonly lastUpdates: ((epoch: number) => LastUpdate)[];
  /** A callback that changes masks or zeros as long as fit runs. */
  changesMasks?: string;
  /** The names of the weights that callbacks quantize. */
  readonly quantized: Set<string>;
  /** Functions to call when fit ends, also when it throws; in reverse order, as later ones may wrap earlier ones. */
  readonly cleanups: (() => void)[];
}

const runs = new WeakMap<LayersModel, TrainingRun>();

/** The run of the fit on a model, which the first callback that asks for it starts. */
export function joinRun(model: LayersModel): TrainingRun {
  const known = runs.get(model);
  if (known !== undefined) return known;
  const run: TrainingRun = {
    evaluators: new Set(),
    lastUpdates: [],
    quantized: new Set(),
    cleanups: [],
  };
  runs.set(model, run);
  const internals = modelInternals(model);
  let {isTraining} = internals;
  // fit resets this flag in its `finally`; it skips `onTrainEnd` if it throws.
  Object.defineProperty(internals, 'isTraining', {
    get: () => isTraining,
    set: (value: boolean) => {
      isTraining = value;
      if (value) return;
      Object.defineProperty(internals, 'isTraining', {value, writable: true});
      runs.delete(model);
      cleanUp(run.cleanups);
    },
  });
  return run;
}

/** The number of batches in an epoch, if fit knows it. @param params Those of a callback. */
export function batchesIn(params: object): number | undefined {
  const {samples, batchSize, steps} = params as {[name: string]: number | null};
  return steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : undefined);
}

/** Calls all functions from the last to the first, even if some throw. */
function cleanUp(cleanups: (() => void)[]): void {
  try {
    cleanups.pop()?.();
  } finally {
    if (cleanups.length > 0) cleanUp(cleanups);
  }
}
