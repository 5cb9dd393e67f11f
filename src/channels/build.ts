import type {Network} from '../model/network';
import type {Read} from '../model/readAll';
import type {CallNode, Layer} from '../model/tfjs';
import type {Leaf} from '../model/tree';
import type {ChannelGraph, LayerCall, LayerNode} from './channelGraph';
import {measureConstants} from './constants';
import {passThrough, type Step} from './pass';
import {identity, pinnedTensor, propagateCall, shapeOf, varying} from './propagate';
import type {ChannelTensor, Propagation, Shape} from './rules/rule';
import {convertSteps} from './rules/wrapper';
import {tieCalls} from './tieCalls';
import {Channels} from './union';

/** Builds a network's channel graph. All values vary, until `fillValues` finds the constants. */
export function buildChannelGraph(network: Network): ChannelGraph {
  const {steps, call, finish} = start(network);
  steps.forEach(call);
  return finish();
}

/** Fills in the values of a graph that the weights determine: 0 or CONSTANT where they are the same for all examples. */
export function fillValues({calls}: ChannelGraph, read: Read): void {
  for (const {propagation, outputs} of calls) {
    const values = propagation.values(read);
    for (const output of outputs) output.values.set(values);
  }
}

/**
 * Builds the channel graph with the values of all constants, for which it calls layers, and with the borders that
 * zero padding leaves around constants.
 */
export async function buildMeasuredGraph(network: Network, read: Read): Promise<ChannelGraph> {
  const {steps, call, finish} = start(network, read);
  for (const step of steps) {
    // Later calls depend on the values: a sum leaves out an input that is 0 throughout.
    await measureConstants(step.node.outboundLayer, call(step));
  }
  return finish();
}

/**
 * A graph without calls, and the functions that add its calls, in the order of `steps`, and complete it.
 *
 * @param read The weights, to find constants and their borders as the graph is built; without them all values vary.
 */
function start({model, leaves}: Network, read?: Read) {
  const channels = new Channels();
  const calls: LayerCall[] = [];
  const paths = new Map(leaves.flatMap(withInner).map(({layer, path}) => [layer, path]));
  const layers = new Map<Layer, LayerNode>();
  const {steps, modelSteps, outputs} = passThrough(model);
  const counts = countCalls(steps);
  const tensors: ChannelTensor[] = model.inputs.map((tensor) =>
    pinnedTensor(channels, shapeOf(tensor), `${tensor.sourceLayer.name}: it is an input of the model`),
  );
  const tensorsAt = (numbers: readonly number[]) => numbers.map((number) => tensors[number]);

  const call = (step: Step): LayerCall => {
    const {node, isEntry, stepAxis} = step;
    const layer = node.outboundLayer;
    // A Sequential does not list the input layer that it makes.
    const path = paths.get(layer) ?? layer.name;
    const inputs = tensorsAt(step.inputs);
    const isOnlyCall = counts.get(node) === 1;
    const propagation = isEntry
      ? identity(inputs[0])
      : stepAxis === undefined
        ? propagateCall(node, {path, inputs, channels, isOnlyCall})
        : convertSteps(inputs[0], stepAxis);
    const shapes = stepAxis === -1 ? [inputs[0].shape.slice(1)] : node.outputTensors.map(shapeOf);
    const outputs = isEntry ? inputs : addOutputs(channels, path, inputs, shapes, propagation, read);
    for (const [i, number] of step.outputs.entries()) tensors[number] = outputs[i];
    const made = {node, inputs, outputs, propagation, isEntry};
    calls.push(made);
    if (stepAxis === undefined) {
      const layerNode = layers.get(layer) ?? {layer, path, calls: []};
      layers.set(layer, layerNode);
      layerNode.calls.push(made);
    }
    return made;
  };

  const finish = (): ChannelGraph => {
    model.outputs.forEach((tensor, i) => {
      channels.pin(tensors[outputs[i]].ids, `${tensor.sourceLayer.name}: it is an output of the model`);
    });
    for (const layerNode of layers.values()) {
      tieCalls(layerNode, channels);
    }
    const modelCalls = modelSteps.map(({node, inputs, outputs}) => ({
      node,
      inputs: tensorsAt(inputs),
      outputs: tensorsAt(outputs),
    }));
    return {channels, calls, layers: [...layers.values()], modelCalls, outputs: tensorsAt(outputs)};
  };
  return {steps, call, finish};
}

/** Makes the tensors that a call outputs, and pins its inputs if it cannot be followed. */
function addOutputs(
  channels: Channels,
  path: string,
  inputs: readonly ChannelTensor[],
  shapes: readonly Shape[],
  {outputs, values, border, pinned}: Propagation,
  read: Read | undefined,
): ChannelTensor[] {
  if (pinned !== undefined) {
    const reason = `${path}: ${pinned}`;
    for (const {ids} of inputs) channels.pin(ids, reason);
    return shapes.map((shape) => pinnedTensor(channels, shape, reason));
  }
  return outputs.map(({axis, ids}, i) => ({
    ...{shape: shapes[i], axis, ids},
    values: read === undefined ? varying(ids.length) : values(read),
    border: read && border,
  }));
}

/** A leaf and those inside it. */
function withInner(leaf: Leaf): Leaf[] {
  return [leaf, ...leaf.inner.flatMap(withInner)];
}

/** How often one pass makes each call: more than once in a nested model that is called again. */
function countCalls(steps: readonly Step[]): Map<CallNode, number> {
  const counts = new Map<CallNode, number>();
  for (const {node} of steps) {
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
