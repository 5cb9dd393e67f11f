import type {ChannelGraph, LayerCall, ModelCall} from '../../channels/channelGraph';
import type {ChannelTensor, Propagation} from '../../channels/rules/rule';
import type {Read} from '../../model/readAll';
import type {CallNode, Layer} from '../../model/tfjs';
import {weightsOf} from '../../model/weight';
import type {KeptChannels} from './solveKept';

/** What is left of a graph of calls. */
export interface LiveCalls {
  /** Whether the outputs of the model still need a call. */
  readonly isNeeded: (node: CallNode) => boolean;
  /** Which of the inputs of a call it still takes. */
  readonly inputsOf: (node: CallNode) => number[];
}

/**
 * Finds what the outputs of a model need, and sees to it that no tensor among that is left without a channel and that
 * layers have multiples of some number where they can.
 *
 * @throws if a layer of which nothing is left would have to stay.
 */
export function liveCalls(
  who: string,
  graph: ChannelGraph,
  kept: KeptChannels,
  read: Read,
  multipleOf: number,
): LiveCalls {
  const callsAt = new Map<CallNode, ModelCall[]>();
  const makers = new Map<ChannelTensor, ModelCall[]>();
  for (const call of [...graph.layers.flatMap((node) => node.calls), ...graph.modelCalls]) {
    callsAt.set(call.node, [...(callsAt.get(call.node) ?? []), call]);
    for (const output of (call as LayerCall).isEntry ? [] : call.outputs) {
      makers.set(output, [...(makers.get(output) ?? []), call]);
    }
  }
  const inputsOf = (node: CallNode) => {
    const calls = callsAt.get(node) as ModelCall[];
    const isLeftOut = (i: number) =>
      calls.every(({inputs, ...call}) => {
        const {propagation} = call as Partial<LayerCall>;
        const {idle, skipsEmpty} = (propagation ?? {}) as Partial<Propagation>;
        return idle?.includes(i) || (skipsEmpty && kept.count(inputs[i].ids) === 0);
      });
    return [...calls[0].inputs.keys()].filter((i) => !isLeftOut(i));
  };
  const needed = (): Set<ModelCall> => {
    const found = new Set<ModelCall>();
    const follow = (tensor: ChannelTensor) => {
      for (const call of makers.get(tensor) ?? []) {
        if (!found.has(call)) {
          found.add(call);
          for (const i of inputsOf(call.node)) {
            follow(call.inputs[i]);
          }
          // All outputs of a nested model stay with it.
          call.outputs.forEach(follow);
        }
      }
    };
    graph.outputs.forEach(follow);
    return found;
  };

  for (;;) {
    const calls = needed();
    const tensors = [...calls].flatMap(({node, inputs, outputs}) => [
      ...outputs,
      ...inputsOf(node).map((i) => inputs[i]),
    ]);
    const empty = tensors.find(({ids}) => kept.count(ids) === 0);
    if (empty !== undefined) {
      refuseIfCut(who, graph, empty, read);
      kept.add(empty.ids.slice(0, 1));
      continue;
    }
    const ragged = tensors
      .filter((tensor) => isMade(tensor, makers))
      .find(({ids}) => kept.count(ids) % multipleOf > 0 && kept.count(ids) < ids.length);
    if (ragged === undefined) {
      return {
        isNeeded: (node) => (callsAt.get(node) ?? []).some((call) => calls.has(call)),
        inputsOf,
      };
    }
    const missing = multipleOf - (kept.count(ragged.ids) % multipleOf);
    kept.add(ragged.ids.filter((id) => !kept.has(id)).slice(0, missing));
  }
}

/** Whether a call has made the channels of a stream, and not only handed them on. */
function isMade(tensor: ChannelTensor, makers: Map<ChannelTensor, ModelCall[]>): boolean {
  return (makers.get(tensor) ?? []).some((call) => {
    const {propagation} = call as Partial<LayerCall>;
    return typeof propagation === 'object' && propagation.weightAxes.some(({role}) => role === 'produces');
  });
}

function refuseIfCut(who: string, {channels, layers}: ChannelGraph, {ids}: ChannelTensor, read: Read): void {
  const roots = new Set(Array.from(ids, (id) => channels.find(id)));
  for (const {layer, path, calls} of layers) {
    const {propagation} = calls[0];
    const weightAxes = propagation.weightAxes;
    const makes = weightAxes.filter(
      ({role, ids: own}) => role === 'produces' && own.some((id) => roots.has(channels.find(id))),
    );
    if (makes.length > 0 && weightsOf(layer).length > 0 && isCut(makes, read)) {
      throw new Error(
        `${who}: nothing is left of layer "${path}", and no branch leads around it; prune it less, or with channel(), ` +
          'which keeps a channel',
      );
    }
  }
}

function isCut(makes: readonly {owner: Layer; field: string}[], read: Read): boolean {
  return makes
    .filter(({field}) => field !== 'bias')
    .every(({owner, field}) => read(owner, field)?.every((value) => value === 0));
}
