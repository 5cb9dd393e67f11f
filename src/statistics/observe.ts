import {clone, customGrad, reshape, type Tensor, tidy, transpose} from '@tensorflow/tfjs-core';
import {sizeAlong} from '../model/axes';
import type {Place} from '../model/network';
import {shadow} from '../model/shadow';
import type {Layer} from '../model/tfjs';

import type {Source, Statistic} from './statistic';
import type {See, Tally} from './tally';

interface Watch {
  /** Whether a call counts, by its keyword arguments. */
  counts: (kwargs: {training?: boolean} | undefined) => boolean;
  /** Which steps of recurrent layers count; all by default. */
  steps?: readonly [from: number, to: number];
}

/** Wants to be told what has just so many columns. */
interface Listener {
  columns: number;
  see: See;
}

/** Tells statistics of the calls of layers, until what it returns is called. */
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
    const listeners = (source: Source, {weight: {name}}: Place, columns: number): Listener[] =>
      needs.filter((need) => need.source === source).map((need) => ({columns, see: tally.open(name, need)}));
    const ofOutputs = (source: Source) =>
      places
        .filter(({weight}) => !weight.hidden)
        .flatMap((place) => {
          const {value, axes, gates} = place.weight;
          return listeners(source, place, sizeAlong(value.shape, axes.output) / gates);
        });
    const hears = {
      // A cell takes in the input, which its first weight is for, and the state, which its second is for.
      inputs: places.map((place) => {
        const {value, axes} = place.weight;
        return listeners('inputs', place, sizeAlong(value.shape, axes.input));
      }),
      outputs: ofOutputs('outputs'),
      outputGradients: ofOutputs('outputGradients'),
    };
    return Object.values(hears).flat(2).length > 0 ? observeLayer(layer, places[0].holder, hears, watch) : [];
  });
}

function observeLayer(
  layer: Layer,
  holder: Layer,
  hears: {inputs: Listener[][]; outputs: Listener[]; outputGradients: Listener[]},
  {counts, steps: [from, to] = [0, Number.POSITIVE_INFINITY]}: Watch,
): (() => void)[] {
  const {dataFormat} = layer as {dataFormat?: string};
  const tell = (listeners: Listener[], ...told: Tensor[]) =>
    tidy(() => {
      const matrices =
        listeners.length > 0 ? told.map((x) => matrixOf(x, dataFormat === 'channelsFirst')) : [];
      for (const {columns, see} of listeners) {
        const [rows, found] = matrices[0].shape;
        if (found === columns) see(matrices, rows as number);
      }
    });
  /** The same tensor, which tells. What is done to tell is no part of the gradient. */
  const telling = customGrad((x, save) => {
    tell(hears.outputs, x as Tensor);
    (save as (tensors: Tensor[]) => void)([x as Tensor]);
    return {
      value: clone(x as Tensor),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        tell(hears.outputGradients, saved, dy);
        return clone(dy);
      },
    };
  });
  // Only a cell is called once for each step, and so counts them.
  const isCell = 'stateSize' in layer;
  let step = 0;
  return [
    shadow(holder, 'call', (call) => (given, kwargs) => {
      step = 0;
      return call(given, kwargs);
    }),
    shadow(layer, 'call', (call) => (given, kwargs) => {
      const returned = call(given, kwargs);
      const now = isCell ? step++ : from;
      if (!counts(kwargs) || now < from || now >= to) return returned;
      for (const [i, listeners] of hears.inputs.entries()) {
        const input = [given].flat()[i];
        if (input !== undefined) tell(listeners, input);
      }
      if (hears.outputs.length + hears.outputGradients.length === 0) return returned;
      const [output] = [returned].flat();
      const told = telling(output) as Tensor;
      // The output of a cell is also its state, and so what the next step takes in.
      return Array.isArray(returned) ? returned.map((tensor) => (tensor === output ? told : tensor)) : told;
    }),
  ];
}

/** Examples, positions and steps as rows, channels as columns. */
function matrixOf(x: Tensor, channelsFirst: boolean): Tensor {
  const {rank} = x;
  const last = channelsFirst ? transpose(x, [0, ...[...Array(rank).keys()].slice(2), 1]) : x;
  return reshape(last, [-1, last.shape[rank - 1]]);
}
