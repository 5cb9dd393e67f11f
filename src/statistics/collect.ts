import type {Network} from '../model/network';
import {shadow} from '../model/shadow';
import type {Weight} from '../model/weight';
import {observe} from './observe';
import type {CollectOptions} from './options';
import type {Collection, Statistic} from './statistic';
import {Tally} from './tally';

/**
 * Collects statistics of some weights from what their layers are called with, without a pass of its own; gradients it is
 * handed.
 *
 * @param training Whether calls count that are part of a training step, or those that are not.
 */
export function collect(
  network: Network,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  {decay = 1, steps, training}: CollectOptions & {training: boolean},
): Collection {
  const tally = new Tally(decay);
  const gradients = weights.flatMap(({name, value}) =>
    needs
      .filter(({source}) => source === 'gradients')
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
    network.places.filter(({weight}) => names.has(weight.name)),
    needs,
    tally,
    {counts, steps},
  );
  return collection;
}

/** As `collect`, with the gradients that go to the optimizer of the model. */
export function collectInTraining(
  network: Network,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  options: CollectOptions = {},
): Collection {
  const collection = collect(network, weights, needs, {...options, training: true});
  const end = shadow(network.model.optimizer, 'applyGradients', (apply) => (given) => {
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
