import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {kindOf} from '../model/kinds';
import type {Read} from '../model/readAll';
import {callsIn, type Layer, type LayerCall} from '../model/tfjs';
import {assertBuilt, isContainer, leaves} from '../model/tree';
import {type Asking, answer} from './asking';
import type {NestedVisit, Site, Walk} from './channelGraph';
import {constants} from './constants';
import {type At, CONSTANT, type Passage, type Shape, type Stream, withoutBorder} from './rules/rule';
import {ruleOf} from './rules/table';
import {tieCalls} from './tieCalls';
import {Channels} from './union';

/** What of a model's weights is known. */
interface Known {
  readonly read: Read;
  /** Whether to ask the layers for constants that the weights alone do not show. */
  readonly asks: boolean;
}

/**
 * Follows the channels of a model.
 *
 * @param read The weights, to find constants, whose values are 0 or CONSTANT; without them everything varies.
 * @throws if the model is not a LayersModel, or is not built.
 */
export function walk(who: string, model: LayersModel, read?: Read): Walk {
  // It asks for nothing, and so comes to its end at once.
  return follow(who, model, read && {read, asks: false}).next().value as Walk;
}

/** The same, where the layers are asked what they make of constants. */
export async function walkAsking(who: string, model: LayersModel, read: Read): Promise<Walk> {
  return answer(follow(who, model, {read, asks: true}));
}

function* follow(who: string, model: LayersModel, known: Known | undefined): Asking<Walk> {
  assertBuilt(who, model);
  const channels = new Channels();
  const paths = new Map(leaves(model).map(({layer, path}) => [layer, path]));
  const times = countVisits(model);
  const sites = new Map<Layer, Site>();
  const nested: NestedVisit[] = [];

  function* visit(node: LayerCall, inputs: readonly Stream[], isEntry: boolean): Asking<readonly Stream[]> {
    const layer = node.outboundLayer;
    if (isContainer(layer)) {
      const outputs = yield* enter(layer, inputs);
      nested.push({node, inputs, outputs});
      return outputs;
    }
    // A Sequential keeps the input layer that it makes to itself.
    const path = paths.get(layer) ?? layer.name;
    const site = sites.get(layer) ?? {layer, path, visits: []};
    sites.set(layer, site);
    const shapes = node.outputTensors.map(shapeOf);
    const passage = isEntry ? handsOn(inputs[0]) : pass(node, path, inputs, channels, times.get(node) === 1);
    let outputs = inputs;
    if (typeof passage === 'string') {
      const reason = `${path}: ${passage}`;
      for (const {ids} of inputs) {
        channels.pin(ids, reason);
      }
      outputs = shapes.map((shape) => whole(channels, shape, reason));
    } else if (!isEntry) {
      outputs = yield* carriedOut(layer, inputs, shapes, passage, known);
    }
    site.visits.push({node, inputs, outputs, passage, isEntry});
    return outputs;
  }

  function* enter(container: LayersModel, given: readonly Stream[]): Asking<readonly Stream[]> {
    const streams = new Map<SymbolicTensor, Stream>();
    const of = (tensor: SymbolicTensor) => streams.get(tensor) as Stream;
    for (const node of callsIn(container)) {
      const entry = container.inputs.indexOf(node.outputTensors[0]);
      const inputs = entry >= 0 ? [given[entry]] : node.inputTensors.map(of);
      const outputs = yield* visit(node, inputs, entry >= 0);
      node.outputTensors.forEach((tensor, i) => {
        streams.set(tensor, outputs[i]);
      });
    }
    return container.outputs.map(of);
  }

  const given = model.inputs.map((tensor) =>
    whole(channels, shapeOf(tensor), `${tensor.sourceLayer.name}: it is an input of the model`),
  );
  const outputs = yield* enter(model, given);
  model.outputs.forEach((tensor, i) => {
    channels.pin(outputs[i].ids, `${tensor.sourceLayer.name}: it is an output of the model`);
  });
  for (const site of sites.values()) {
    tieCalls(site, channels);
  }
  return {channels, sites: [...sites.values()], nested, outputs};
}

/** How often one pass through a model makes each call: more than once in a nested model that is called again. */
function countVisits(model: LayersModel, counts = new Map<LayerCall, number>()): Map<LayerCall, number> {
  for (const node of callsIn(model)) {
    counts.set(node, (counts.get(node) ?? 0) + 1);
    if (isContainer(node.outboundLayer)) {
      countVisits(node.outboundLayer, counts);
    }
  }
  return counts;
}

function pass(
  {outboundLayer: layer, outputTensors, callArgs}: LayerCall,
  path: string,
  inputs: readonly Stream[],
  channels: Channels,
  once: boolean,
): Passage | string {
  if (Object.keys(callArgs ?? {}).length > 0) {
    return `it is called with ${Object.keys(callArgs ?? {})}`;
  }
  const passThrough = (at: At) => ruleOf(at.layer)?.(at) ?? `a ${at.layer.getClassName()} is not known`;
  const bordered = (i: number, axis: number) => {
    if (inputs[i].axis === axis) {
      return inputs[i];
    }
    const reason = `${path}: it takes its channels along another axis`;
    channels.pin(inputs[i].ids, reason);
    return whole(channels, inputs[i].shape, reason, axis);
  };
  return passThrough({
    layer,
    inputs: inputs.map(withoutBorder),
    outputs: outputTensors.map(shapeOf),
    channels,
    once,
    weightsOf: (owner) => kindOf(owner)?.weights ?? {},
    pass: passThrough,
    bordered,
    along: (i, axis) => withoutBorder(bordered(i, axis)),
  });
}

/** What an input layer does with what its model is called with. */
function handsOn(input: Stream): Passage {
  return {outputs: [input], slices: [], mixes: [], values: () => input.values, config: () => ({})};
}

/** The outputs of a call, with their values as far as they are known. */
function* carriedOut(
  layer: Layer,
  inputs: readonly Stream[],
  shapes: readonly Shape[],
  {outputs, values, border}: Passage,
  known: Known | undefined,
): Asking<Stream[]> {
  const streams: Stream[] = [];
  for (const [i, {axis, ids}] of outputs.entries()) {
    const found = known ? values(known.read) : new Float64Array(ids.length).fill(Number.NaN);
    if (known?.asks && found.includes(CONSTANT)) {
      const asked = yield* constants(layer, inputs, axis);
      found.forEach((value, place) => {
        if (value === CONSTANT) found[place] = asked?.[place] ?? Number.NaN;
      });
    }
    streams.push({shape: shapes[i], axis, ids, values: found, border: known?.asks ? border : undefined});
  }
  return streams;
}

const shapeOf = ({shape}: SymbolicTensor): Shape => shape.slice(1);

/** A tensor of which nothing can go. */
function whole(channels: Channels, shape: Shape, reason: string, axis = shape.length - 1): Stream {
  const ids = channels.fresh(shape[axis] ?? 1);
  channels.pin(ids, reason);
  return {shape, axis, ids, values: new Float64Array(ids.length).fill(Number.NaN)};
}
