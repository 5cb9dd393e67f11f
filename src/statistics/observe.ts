import {sizeAlong} from '../model/axes';
import type {Place} from '../model/network';
import type {Layer} from '../model/tfjs';
import {type Listener, type ListenersOf, observeCalls, type Watch} from './observeCalls';
import type {Source, Statistic} from './statistic';
import type {Tally} from './tally';

/** Adds to statistics at each call of some weights' layers. @returns Functions that end it. */
export function observe(
  found: readonly Place[],
  needs: readonly Statistic[],
  tally: Tally,
  watch: Watch,
): (() => void)[] {
  const layers = new Map<Layer, Place[]>();
  for (const place of found) {
    layers.set(place.layer, [...(layers.get(place.layer) ?? []), place]);
  }
  return [...layers].flatMap(([layer, places]) => {
    const listeners = listenersFor(places, needs, tally);
    const isUsed = Object.values(listeners).flat(2).length > 0;
    return isUsed ? observeCalls(layer, places[0].holder, listeners, watch) : [];
  });
}

/** The statistics of one layer's weights, by the values that they are computed from. */
function listenersFor(places: readonly Place[], needs: readonly Statistic[], tally: Tally): ListenersOf {
  const listeners = (source: Source, {weight: {name}}: Place, columns: number): Listener[] =>
    needs.filter((need) => need.source === source).map((need) => ({columns, add: tally.open(name, need)}));
  const ofOutputs = (source: Source) =>
    places
      .filter(({weight}) => !weight.hidden)
      .flatMap((place) => {
        const {value, axes, gates} = place.weight;
        return listeners(source, place, sizeAlong(value.shape, axes.output) / gates);
      });
  return {
    // A cell has two inputs: the layer's input, for its first weight, and the state, for its second.
    inputs: places.map((place) => {
      const {value, axes} = place.weight;
      return listeners('inputs', place, sizeAlong(value.shape, axes.input));
    }),
    outputs: ofOutputs('outputs'),
    outputGradients: ofOutputs('outputGradients'),
  };
}
