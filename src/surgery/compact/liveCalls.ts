import type {ChannelGraph, LayerCall, ModelCall} from '../../channels/channelGraph';
import type {ChannelTensor} from '../../channels/rules/rule';
import type {Read} from '../../model/readAll';
import type {CallNode, Layer} from '../../model/tfjs';
import {weightsOf} from '../../model/weight';
import type {KeptChannels} from './solveKept';

/** The part of a graph of calls that remains. */
export interface LiveCalls {
  /** Whether the outputs of the model still need a call. */
  readonly isNeeded: (node: CallNode) => boolean;
  /** The places of the inputs that a call still takes. */
  readonly inputsOf: (node: CallNode) => number[];
}

/** The calls of a graph, by node and by the tensors that they compute. */
interface Calls {
  readonly at: ReadonlyMap<CallNode, readonly AnyCall[]>;
  readonly producers: ReadonlyMap<ChannelTensor, readonly AnyCall[]>;
}

/** A call of a layer, or of a nested model, which has no propagation. */
type AnyCall = ModelCall & Partial<LayerCall>;

/**
 * Finds the calls that the outputs of a model need.
 *
 * @returns Them, and the channels that remain: those of `solved`, with at least one in each tensor and with multiples of
 *   `multipleOf` in layers, where they have enough.
 * @throws if a layer without any remaining channel would have to stay.
 */
export function liveCalls(
  who: string,
  graph: ChannelGraph,
  solved: KeptChannels,
  read: Read,
  multipleOf: number,
): {live: LiveCalls; kept: KeptChannels} {
  const calls = callsOf(graph);
  let kept = solved;
  for (;;) {
    const inputsOf = (node: CallNode) => remainingInputs(calls.at.get(node) as AnyCall[], kept);
    const needed = neededBy(graph.outputs, calls, inputsOf);
    const tensors = [...needed].flatMap(({node, inputs, outputs}) => [
      ...outputs,
      ...inputsOf(node).map((i) => inputs[i]),
    ]);
    const empty = tensors.find(({ids}) => kept.count(ids) === 0);
    if (empty !== undefined) {
      refuseIfCut(who, graph, empty, read);
      kept = kept.with(empty.ids.slice(0, 1));
      continue;
    }
    const ragged = tensors
      .filter((tensor) => isProduced(tensor, calls))
      .find(({ids}) => kept.count(ids) % multipleOf > 0 && kept.count(ids) < ids.length);
    if (ragged === undefined) {
      const isNeeded = (node: CallNode) => (calls.at.get(node) ?? []).some((call) => needed.has(call));
      return {live: {isNeeded, inputsOf}, kept};
    }
    const missing = multipleOf - (kept.count(ragged.ids) % multipleOf);
    kept = kept.with(ragged.ids.filter((id) => !kept.has(id)).slice(0, missing));
  }
}

function callsOf({layers, modelCalls}: ChannelGraph): Calls {
  const at = new Map<CallNode, AnyCall[]>();
  const producers = new Map<ChannelTensor, AnyCall[]>();
  const all: AnyCall[] = [...layers.flatMap(({calls}) => calls), ...modelCalls];
  for (const call of all) {
    at.set(call.node, [...(at.get(call.node) ?? []), call]);
    for (const output of call.isEntry ? [] : call.outputs) {
      producers.set(output, [...(producers.get(output) ?? []), call]);
    }
  }
  return {at, producers};
}

/** The places of the inputs that are in use in one of the calls of a node. */
function remainingInputs(calls: readonly AnyCall[], kept: KeptChannels): number[] {
  const isLeftOut = (i: number) =>
    calls.every(
      ({inputs, propagation}) =>
        propagation?.idle?.includes(i) || (propagation?.skipsEmpty && kept.count(inputs[i].ids) === 0),
    );
  return [...calls[0].inputs.keys()].filter((i) => !isLeftOut(i));
}

/** The calls that some tensors depend on. */
function neededBy(
  tensors: readonly ChannelTensor[],
  {producers}: Calls,
  inputsOf: (node: CallNode) => number[],
): Set<ModelCall> {
  const found = new Set<ModelCall>();
  const add = (tensor: ChannelTensor) => {
    for (const call of producers.get(tensor) ?? []) {
      if (!found.has(call)) {
        found.add(call);
        for (const i of inputsOf(call.node)) {
          add(call.inputs[i]);
        }
        // A nested model keeps all its outputs.
        call.outputs.forEach(add);
      }
    }
  };
  tensors.forEach(add);
  return found;
}

/** Whether a layer produces the channels of a tensor, rather than passing them on. */
function isProduced(tensor: ChannelTensor, {producers}: Calls): boolean {
  return (producers.get(tensor) ?? []).some(({propagation}) =>
    propagation?.weightAxes.some(({role}) => role === 'produces'),
  );
}

/** Throws if a tensor without channels is the output of a layer with masks all of whose weights are 0. */
function refuseIfCut(who: string, {channels, layers}: ChannelGraph, {ids}: ChannelTensor, read: Read): void {
  const roots = new Set(Array.from(ids, (id) => channels.find(id)));
  for (const {layer, path, calls} of layers) {
    const produced = calls[0].propagation.weightAxes.filter(
      ({role, ids: own}) => role === 'produces' && own.some((id) => roots.has(channels.find(id))),
    );
    if (produced.length > 0 && weightsOf(layer).length > 0 && isCut(produced, read)) {
      throw new Error(
        `${who}: nothing is left of layer "${path}", and no branch leads around it; prune it less, or with channel(), ` +
          'which keeps a channel',
      );
    }
  }
}

function isCut(produced: readonly {owner: Layer; field: string}[], read: Read): boolean {
  return produced
    .filter(({field}) => field !== 'bias')
    .every(({owner, field}) => read(owner, field)?.every((value) => value === 0));
}
