import {dispose, keep, type NamedTensorMap, type Tensor, type Variable} from '@tensorflow/tfjs-core';
import type {Network} from '../model/network';
import {functionalOf} from '../model/tfjs';
import {aroundTrainStep} from '../model/trainStep';
import type {Weight} from '../model/weight';
import {attachHook} from '../training/stepHooks';
import {observe} from './observe';
import type {CollectOptions} from './options';
import {sampledGradients} from './sampledGradients';
import type {Collection, Source, Statistic} from './statistic';
import {type AddBatch, Tally} from './tally';

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
  const open = (source: Source) =>
    weights.flatMap(({name, value}) =>
      needs
        .filter((need) => need.source === source)
        .map((statistic) => ({value, add: tally.open(name, statistic)})),
    );
  const gradients = open('gradients');
  const sample = samplesOf(network, open('sampledGradients'), training);
  const names = new Set(weights.map(({name}) => name));
  const collection: Collection = {
    active: true,
    take: (given) => {
      if (!collection.active) return;
      for (const {value, add} of gradients) {
        // A frozen weight has no gradient.
        if (given[value.name] != null) add(() => [given[value.name], value], 1);
      }
    },
    sample: (inputs) => {
      if (sample === undefined || !collection.active) return;
      // Its pass is none of the model's own.
      collection.active = false;
      try {
        sample(inputs);
      } finally {
        collection.active = true;
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

/** Whether a statistic requires a second pass, over the inputs of each batch. */
export const isSampled = ({source}: Statistic) => source === 'sampledGradients';

interface Sampled {
  readonly value: Variable;
  readonly add: AddBatch;
}

/** Adds the sampled gradients of a batch to statistics; undefined if there are none. @param training Whether to leave frozen weights out. */
function samplesOf(
  network: Network,
  all: readonly Sampled[],
  training: boolean,
): ((inputs: Tensor[]) => void) | undefined {
  if (all.length === 0) return undefined;
  const sample = sampledGradients(network);
  const trained = new Set(network.model.trainableWeights.map(({name}) => name));
  const sampled = training ? all.filter(({value}) => trained.has(value.name)) : all;
  const variables = [...new Set(sampled.map(({value}) => value))];
  return (inputs) => {
    let gradients: NamedTensorMap | undefined;
    // In the first statistic that uses this batch, whose tidy would dispose them.
    const take = (batch: number) => {
      const found = sample(inputs, variables, batch);
      for (const gradient of Object.values(found)) keep(gradient);
      return found;
    };
    try {
      for (const {value, add} of sampled) {
        add((batch) => {
          gradients ??= take(batch);
          return [gradients[value.name], value];
        }, 1);
      }
    } finally {
      dispose(gradients ?? {});
    }
  };
}

/** As `collect`, in training, with the inputs of its steps, and the gradients that the optimizer of the model applies. */
export function collectInTraining(
  network: Network,
  weights: readonly Weight[],
  needs: readonly Statistic[],
  options: CollectOptions = {},
): Collection {
  const collection = collect(network, weights, needs, {...options, training: true});
  const {who, model} = network;
  const functional = functionalOf(model);
  const ends = [
    attachHook(who, model, 'gradients', (gradients, step) => {
      collection.take(gradients);
      step(gradients);
    }),
    collection.stop,
  ];
  if (needs.some(isSampled)) {
    const {length} = functional.inputs;
    const sampleFirst = aroundTrainStep(functional, (step) => (batch) => {
      collection.sample(batch.slice(0, length));
      return step(batch);
    });
    ends.push(sampleFirst);
  }
  return Object.assign(collection, {
    stop: () => {
      for (const end of ends.splice(0)) end();
    },
  });
}
