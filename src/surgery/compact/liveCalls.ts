import type {ChannelGraph} from '../../channels/channelGraph';
import type {ChannelTensor} from '../../channels/rules/rule';
import type {Network} from '../../model/network';
import type {Read} from '../../model/readAll';
import type {CallNode} from '../../model/tfjs';
import {callGraph, isProduced, neededBy, remainingInputs} from './callGraph';
import {refuseCut} from './refuseCut';
import type {KeptChannels} from './solveKept';

/** A model's remaining calls. */
export interface LiveCalls {
  /** Whether the outputs of the model still need a call. */
  readonly isNeeded: (node: CallNode) => boolean;
  /** The places of the inputs that a call still takes. */
  readonly inputsOf: (node: CallNode) => number[];
}

/**
 * Finds the calls that the outputs of a model need.
 *
 * @returns These calls, and the channels that remain: those of `solved`, with at least one in each tensor, and multiples of
 *   `roundTo` in layers, where they have enough.
 * @throws if a layer without any remaining channel would have to stay.
 */
export function liveCalls(
  network: Network,
  graph: ChannelGraph,
  solved: KeptChannels,
  read: Read,
  roundTo: number,
): {live: LiveCalls; kept: KeptChannels} {
  const calls = callGraph(graph);
  let kept = solved;
  for (;;) {
    const inputsOf = (node: CallNode) => remainingInputs(calls, node, kept);
    const needed = neededBy(graph.outputs, calls, inputsOf);
    const tensors = [...needed].flatMap(({node, inputs, outputs}) => [
      ...outputs,
      ...inputsOf(node).map((i) => inputs[i]),
    ]);
    const empty = tensors.find(({ids}) => kept.count(ids) === 0);
    if (empty !== undefined) refuseCut(network, graph, empty, read);
    const added =
      empty?.ids.slice(0, 1) ??
      missingOf(
        tensors.filter((tensor) => isProduced(tensor, calls)),
        kept,
        roundTo,
      );
    if (added === undefined) {
      const isNeeded = (node: CallNode) => (calls.at.get(node) ?? []).some((call) => needed.has(call));
      return {live: {isNeeded, inputsOf}, kept};
    }
    kept = kept.with(added);
  }
}

/** The channels that round up the first tensor whose number of channels is no multiple; undefined if there is none. */
function missingOf(
  tensors: readonly ChannelTensor[],
  kept: KeptChannels,
  roundTo: number,
): Int32Array | undefined {
  const ragged = tensors.find(({ids}) => kept.count(ids) % roundTo > 0 && kept.count(ids) < ids.length);
  return ragged?.ids.filter((id) => !kept.has(id)).slice(0, roundTo - (kept.count(ragged.ids) % roundTo));
}
