import type {LayersModel, SymbolicTensor} from '@tensorflow/tfjs-layers';
import {kindOf} from '../model/kinds';
import type {Read} from '../model/readAll';
import {type CallNode, callsIn, type Layer} from '../model/tfjs';
import {assertBuilt, isContainer, leaves} from '../model/tree';
import {type Asking, answer} from './asking';
import type {ChannelGraph, LayerNode, ModelCall} from './channelGraph';
import {constants} from './constants';
import {
  type CallContext,
  type ChannelTensor,
  CONSTANT,
  type Propagation,
  type Shape,
  withoutBorder,
} from './rules/rule';
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
export function buildChannelGraph(who: string, model: LayersModel, read?: Read): ChannelGraph {
  // It asks for nothing, and so comes to its end at isOnlyCall.
  return follow(who, model, read && {read, asks: false}).next().value as ChannelGraph;
}

/** The same, where the layers are asked what they make of constants. */
export async function walkAsking(who: string, model: LayersModel, read: Read): Promise<ChannelGraph> {
  return answer(follow(who, model, {read, asks: true}));
}

function* follow(who: string, model: LayersModel, known: Known | undefined): Asking<ChannelGraph> {
  assertBuilt(who, model);
  const channels = new Channels();
  const paths = new Map(leaves(model).map(({layer, path}) => [layer, path]));
  const times = countVisits(model);
  const layers = new Map<Layer, LayerNode>();
  const modelCalls: ModelCall[] = [];

  function* visit(
    node: CallNode,
    inputs: readonly ChannelTensor[],
    isEntry: boolean,
  ): Asking<readonly ChannelTensor[]> {
    const layer = node.outboundLayer;
    if (isContainer(layer)) {
      const outputs = yield* enter(layer, inputs);
      modelCalls.push({node, inputs, outputs});
      return outputs;
    }
    // A Sequential keeps the input layer that it makes to itself.
    const path = paths.get(layer) ?? layer.name;
    const layerNode = layers.get(layer) ?? {layer, path, calls: []};
    layers.set(layer, layerNode);
    const shapes = node.outputTensors.map(shapeOf);
    const propagation = isEntry
      ? handsOn(inputs[0])
      : pass(node, path, inputs, channels, times.get(node) === 1);
    let outputs = inputs;
    if (typeof propagation === 'string') {
      const reason = `${path}: ${propagation}`;
      for (const {ids} of inputs) {
        channels.pin(ids, reason);
      }
      outputs = shapes.map((shape) => pinnedTensor(channels, shape, reason));
    } else if (!isEntry) {
      outputs = yield* carriedOut(layer, inputs, shapes, propagation, known);
    }
    layerNode.calls.push({node, inputs, outputs, propagation, isEntry});
    return outputs;
  }

  function* enter(container: LayersModel, given: readonly ChannelTensor[]): Asking<readonly ChannelTensor[]> {
    const tensors = new Map<SymbolicTensor, ChannelTensor>();
    const of = (tensor: SymbolicTensor) => tensors.get(tensor) as ChannelTensor;
    for (const node of callsIn(container)) {
      const entry = container.inputs.indexOf(node.outputTensors[0]);
      const inputs = entry >= 0 ? [given[entry]] : node.inputTensors.map(of);
      const outputs = yield* visit(node, inputs, entry >= 0);
      node.outputTensors.forEach((tensor, i) => {
        tensors.set(tensor, outputs[i]);
      });
    }
    return container.outputs.map(of);
  }

  const given = model.inputs.map((tensor) =>
    pinnedTensor(channels, shapeOf(tensor), `${tensor.sourceLayer.name}: it is an input of the model`),
  );
  const outputs = yield* enter(model, given);
  model.outputs.forEach((tensor, i) => {
    channels.pin(outputs[i].ids, `${tensor.sourceLayer.name}: it is an output of the model`);
  });
  for (const layerNode of layers.values()) {
    tieCalls(layerNode, channels);
  }
  return {channels, layers: [...layers.values()], modelCalls, outputs};
}

/** How often one pass through a model makes each call: more than isOnlyCall in a modelCalls model that is called again. */
function countVisits(model: LayersModel, counts = new Map<CallNode, number>()): Map<CallNode, number> {
  for (const node of callsIn(model)) {
    counts.set(node, (counts.get(node) ?? 0) + 1);
    if (isContainer(node.outboundLayer)) {
      countVisits(node.outboundLayer, counts);
    }
  }
  return counts;
}

function pass(
  {outboundLayer: layer, outputTensors, callArgs}: CallNode,
  path: string,
  inputs: readonly ChannelTensor[],
  channels: Channels,
  isOnlyCall: boolean,
): Propagation | string {
  if (Object.keys(callArgs ?? {}).length > 0) {
    return `it is called with ${Object.keys(callArgs ?? {})}`;
  }
  const propagate = (context: CallContext) =>
    ruleOf(context.layer)?.(context) ?? `a ${context.layer.getClassName()} is not known`;
  const borderedInput = (i: number, axis: number) => {
    if (inputs[i].axis === axis) {
      return inputs[i];
    }
    const reason = `${path}: it takes its channels along another axis`;
    channels.pin(inputs[i].ids, reason);
    return pinnedTensor(channels, inputs[i].shape, reason, axis);
  };
  return propagate({
    layer,
    inputs: inputs.map(withoutBorder),
    outputs: outputTensors.map(shapeOf),
    channels,
    isOnlyCall,
    weightsOf: (owner) => kindOf(owner)?.weights ?? {},
    propagate,
    borderedInput,
    inputAlong: (i, axis) => withoutBorder(borderedInput(i, axis)),
  });
}

/** What an input layer does with what its model is called with. */
function handsOn(input: ChannelTensor): Propagation {
  return {outputs: [input], weightAxes: [], linearMaps: [], values: () => input.values, config: () => ({})};
}

/** The outputs of a call, with their values as far as they are known. */
function* carriedOut(
  layer: Layer,
  inputs: readonly ChannelTensor[],
  shapes: readonly Shape[],
  {outputs, values, border}: Propagation,
  known: Known | undefined,
): Asking<ChannelTensor[]> {
  const tensors: ChannelTensor[] = [];
  for (const [i, {axis, ids}] of outputs.entries()) {
    const found = known ? values(known.read) : new Float64Array(ids.length).fill(Number.NaN);
    if (known?.asks && found.includes(CONSTANT)) {
      const asked = yield* constants(layer, inputs, axis);
      found.forEach((value, place) => {
        if (value === CONSTANT) found[place] = asked?.[place] ?? Number.NaN;
      });
    }
    tensors.push({shape: shapes[i], axis, ids, values: found, border: known?.asks ? border : undefined});
  }
  return tensors;
}

const shapeOf = ({shape}: SymbolicTensor): Shape => shape.slice(1);

/** A tensor of which nothing can go. */
function pinnedTensor(
  channels: Channels,
  shape: Shape,
  reason: string,
  axis = shape.length - 1,
): ChannelTensor {
  const ids = channels.fresh(shape[axis] ?? 1);
  channels.pin(ids, reason);
  return {shape, axis, ids, values: new Float64Array(ids.length).fill(Number.NaN)};
}
