import type {Network} from '../model/network';
import type {Weight} from '../model/weight';
import {attachHook} from '../training/stepHooks';
import {observe} from './observe';
import type {CollectOptions} from './options';
import type {Collection, Statistic} from './statistic';
import {Tally} from './tally';

/**
 * Collects some weights' statistics from calls of their layers, without extra passes, and from gradients passed to `take`.
 *
 * @param training Whether to count calls of training steps, or only other calls.
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
      .map((statistic) => ({value, add: tally.open(name, statistic)})),
  );
  const names = new Set(weights.map(({name}) => name));
  const collection: Collection = {
    active: true,
    take: (given) => {
      if (!collection.active) return;
      for (const {value, add} of gradients) {
        // A frozen weight has no gradient.
        if (given[value.name] != null) add([given[value.name], value], 1);
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

/** As `collect`, in training, with the gradients that the optimizer of the model applies. */
export function collectInTraining(
  network: Network,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  options: CollectOptions = {},
): Collection {
  const collection = collect(network, weights, needs, {...options, training: true});
  const end = attachHook(network.who, network.model, 'gradients', (gradients, step) => {
    collection.take(gradients);
    step(gradients);
  });
  const {stop} = collection;
  return Object.assign(collection, {
    stop: () => {
      end();
      stop();
    },
  });
}
