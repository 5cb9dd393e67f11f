import {LayersModel} from '@tensorflow/tfjs-layers';
import {type CallNode, type Layer, modelInternals, nodesOf} from '../../model/tfjs';
import type {LayerJson, Reference} from '../layerJson';
import type {LiveCalls} from './liveCalls';

/**
 * The configuration of a functional model without the calls and inputs that are not needed. A call that merges inputs,
 * of which one remains, is replaced by that input.
 */
export function removeCalls(model: LayersModel, json: LayerJson, live: LiveCalls): LayerJson {
  const entries = new Map((json.config.layers ?? []).map((entry) => [entry.name as string, entry]));
  const {callsOf, stays, isIdentity, resolve} = resolver(model, entries, live);
  const copies: LayerJson[] = [];
  const layers = [...entries].flatMap(([name, entry]) => {
    const calls = callsOf(name);
    const inbound = (entry.inbound_nodes ?? []).flatMap((references, i) =>
      stays(calls[i])
        ? [
            copyRepeated(
              live.inputsOf(calls[i]).map((k) => resolve(references[k])),
              copies,
            ),
          ]
        : [],
    );
    const isInput = entry.inbound_nodes?.length === 0;
    const [call] = calls;
    const made = call !== undefined && isIdentity(call) ? {...entry, ...identity(name)} : entry;
    return isInput || inbound.length > 0 ? [{...made, inbound_nodes: inbound}] : [];
  });
  const outputs = json.config.output_layers?.map((reference) => resolve(reference).slice(0, 3) as Reference);
  return {...json, config: {...json.config, layers: [...layers, ...copies], output_layers: outputs}};
}

/** The functions that decide which calls of a model remain, and find the tensors that replace the others. */
function resolver(
  model: LayersModel,
  entries: ReadonlyMap<string, LayerJson>,
  {isNeeded, inputsOf}: LiveCalls,
) {
  const layerOf = (name: string) => entries.get(name)?.origin;
  const callsOf = (name: string) => nodesWithin(model, layerOf(name));
  // The first node of a model is that of its own inputs.
  const offsetOf = (name: string) => +(layerOf(name) instanceof LayersModel);
  const isSingle = (node: CallNode) => node.inputTensors.length > 1 && inputsOf(node).length === 1;
  // A layer whose output is one of the model's keeps its name.
  const isOutput = (node: CallNode) =>
    node.outputTensors.some((tensor) => model.outputs.includes(tensor)) &&
    callsOf(node.outboundLayer.name).length === 1;
  const isReplaced = (node: CallNode) => isSingle(node) && !isOutput(node);
  const isIdentity = (node: CallNode) => isSingle(node) && isOutput(node);
  const stays = (node: CallNode) => isNeeded(node) && !isReplaced(node);
  const resolve = ([name, call, ...rest]: Reference): Reference => {
    const index = call - offsetOf(name);
    const inbound = entries.get(name)?.inbound_nodes?.[index];
    if (inbound === undefined) return [name, call, ...rest];
    const calls = callsOf(name);
    const node = calls[index];
    return isReplaced(node)
      ? resolve(inbound[inputsOf(node)[0]])
      : [name, calls.slice(0, index).filter(stays).length + offsetOf(name), ...rest];
  };
  return {callsOf, stays, isIdentity, resolve};
}

/**
 * A call's inputs, each once: those that repeat come from a layer that returns its input, which is added to `copies`.
 * tfjs disposes a tensor that a call takes twice before other calls have used it.
 */
function copyRepeated(references: readonly Reference[], copies: LayerJson[]): Reference[] {
  const keys = references.map((reference) => `${reference.slice(0, 3)}`);
  return references.map((reference, i) => {
    if (keys.indexOf(keys[i]) === i) return reference;
    const name = `${reference[0]}_copy${copies.length + 1}`;
    copies.push({...identity(name), inbound_nodes: [[reference]]});
    return [name, 0, 0, {}];
  });
}

/** A layer that returns its input. */
function identity(name: string): LayerJson {
  const config = {name, activation: 'linear'};
  return {class_name: 'Activation', name, config, origin: undefined};
}

/** The calls of a layer that belong to a model. */
function nodesWithin(model: LayersModel, layer: Layer | undefined): CallNode[] {
  const {containerNodes} = modelInternals(model);
  const nodes = layer === undefined ? [] : nodesOf(layer);
  return nodes.filter((_, i) => containerNodes.has(`${layer?.name}_ib-${i}`));
}
