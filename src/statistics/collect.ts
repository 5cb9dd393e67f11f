import type {NamedTensorMap} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {shadow} from '../model/shadow';
import {describe} from '../model/tfjs';
import {places, type Weight} from '../model/weight';
import {assertNumber, assertOptions} from '../util/options';
import {observe} from './observe';
import type {Statistic, Statistics} from './statistic';
import type {Sums} from './sums';
import {Tally} from './tally';

export interface CollectOptions {
  /** How much of what was seen still counts a batch later: 1, all of it, by default. */
  decay?: number;
  /** Which steps of recurrent layers count, from the first to before the second; all by default. */
  steps?: readonly [from: number, to: number];
}

/** Throws unless they are options of collecting. */
export function assertCollect(who: string, options: CollectOptions = {}): void {
  assertOptions(`${who}: collect`, options, ['decay', 'steps']);
  const {decay = 1, steps = [0, 1]} = options;
  assertNumber(who, 'decay', decay, 'a number above 0 and at most 1', (x) => x > 0 && x <= 1);
  const [from, to] = [steps].flat();
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to)) {
    throw new Error(
      `${who}: steps must be two whole numbers, [from, to] with 0 <= from < to, got ` +
        (Array.isArray(steps) && steps.every(Number.isFinite) ? `[${steps}]` : describe(steps)),
    );
  }
}

/** The statistics of the batches that a model sees from now on. */
export interface Collection {
  /** False while nothing is to be collected. */
  active: boolean;
  /** Takes the gradients of a batch, by the names of the variables. */
  take(gradients: NamedTensorMap): void;
  /** What has been collected since the last reset. */
  results(): Promise<Statistics>;
  reset(): void;
  /** What has been added up since, to go on with in another collection. */
  sums(): Promise<Sums[]>;
  /** Goes on with what another collection added up. @throws if it is of other statistics. */
  load(who: string, sums: readonly Sums[]): void;
  /** Ends it, and frees what was collected. */
  stop(): void;
}

/**
 * Collects statistics of some weights from what their layers are called with, without a pass of its own; gradients it is
 * handed.
 *
 * @param training Whether calls count that are part of a training step, or those that are not.
 */
export function collect(
  model: LayersModel,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  {decay = 1, steps, training}: CollectOptions & {training: boolean},
): Collection {
  const tally = new Tally(decay);
  const gradients = weights.flatMap(({name, value}) =>
    needs
      .filter(({of}) => of === 'gradients')
      .map((statistic) => ({value, see: tally.open(name, statistic)})),
  );
  const names = new Set(weights.map(({name}) => name));
  const collection: Collection = {
    active: true,
    take: (given) => {
      if (!collection.active) return;
      for (const {value, see} of gradients) {
        // A frozen weight has none.
        if (given[value.name] != null) see([given[value.name], value], 1);
      }
    },
    results: () => tally.results(),
    reset: () => tally.clear(),
    sums: () => tally.read(),
    load: (who, sums) => tally.load(who, sums),
    stop: () => {
      for (const end of ends) end();
      tally.clear();
    },
  };
  const counts = (kwargs: {training?: boolean} | undefined) =>
    collection.active && Boolean(kwargs?.training) === training;
  const ends = observe(
    places(model, 'collect').filter(({weight}) => names.has(weight.name)),
    needs,
    tally,
    {counts, steps},
  );
  return collection;
}

/** As `collect`, with the gradients that go to the optimizer of the model. */
export function collectInTraining(
  model: LayersModel,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  options: CollectOptions = {},
): Collection {
  const collection = collect(model, weights, needs, {...options, training: true});
  const end = shadow(model.optimizer, 'applyGradients', (apply) => (given) => {
    // The model gives a list, a training loop of one's own may give a map.
    collection.take(
      Array.isArray(given) ? Object.fromEntries(given.map(({name, tensor}) => [name, tensor])) : given,
    );
    apply(given);
  });
  const {stop} = collection;
  return Object.assign(collection, {
    stop: () => {
      end();
      stop();
    },
  });
}
