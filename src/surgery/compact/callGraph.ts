import type {ChannelGraph, LayerCall, ModelCall} from '../../channels/channelGraph';
import type {ChannelTensor} from '../../channels/rules/rule';
import type {CallNode} from '../../model/tfjs';
import type {KeptChannels} from './solveKept';

/** A model's calls, by node and by the tensors that they compute. */
export interface CallGraph {
  readonly at: ReadonlyMap<CallNode, readonly AnyCall[]>;
  readonly producers: ReadonlyMap<ChannelTensor, readonly AnyCall[]>;
}

/** A call of a layer or a nested model; the latter has no propagation. */
type AnyCall = ModelCall & Partial<LayerCall>;

export function callGraph({layers, modelCalls}: ChannelGraph): CallGraph {
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

/** The input places that are in use in one of a node's calls. */
export function remainingInputs({at}: CallGraph, node: CallNode, kept: KeptChannels): number[] {
  const calls = at.get(node) as readonly AnyCall[];
  const isLeftOut = (i: number) =>
    calls.every(
      ({inputs, propagation}) =>
        propagation?.idle?.includes(i) || (propagation?.skipsEmpty && kept.count(inputs[i].ids) === 0),
    );
  return [...calls[0].inputs.keys()].filter((i) => !isLeftOut(i));
}

/** The calls that some tensors depend on. */
export function neededBy(
  tensors: readonly ChannelTensor[],
  {producers}: CallGraph,
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

/** Whether a layer produces a tensor's channels, rather than passing them on. */
export function isProduced(tensor: ChannelTensor, {producers}: CallGraph): boolean {
  return (producers.get(tensor) ?? []).some(({propagation}) =>
    propagation?.weightAxes.some(({role}) => role === 'produces'),
  );
}
