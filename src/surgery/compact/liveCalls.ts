import type {NestedVisit, Visit, Walk} from '../../channels/channelGraph';
import type {Passage, Stream} from '../../channels/rules/rule';
import type {Read} from '../../model/readAll';
import type {Layer, LayerCall} from '../../model/tfjs';
import {weightsOf} from '../../model/weight';
import type {Kept} from './solveKept';

/** What is left of a graph of calls. */
export interface Trimmed {
  /** Whether the outputs of the model still need a call. */
  readonly isNeeded: (node: LayerCall) => boolean;
  /** Which of the inputs of a call it still takes. */
  readonly inputsOf: (node: LayerCall) => number[];
}

/**
 * Finds what the outputs of a model need, and sees to it that no tensor among that is left without a channel and that
 * layers have multiples of some number where they can.
 *
 * @throws if a layer of which nothing is left would have to stay.
 */
export function trim(who: string, graph: Walk, kept: Kept, read: Read, multipleOf: number): Trimmed {
  const visits = new Map<LayerCall, NestedVisit[]>();
  const makers = new Map<Stream, NestedVisit[]>();
  for (const visit of [...graph.sites.flatMap((site) => site.visits), ...graph.nested]) {
    visits.set(visit.node, [...(visits.get(visit.node) ?? []), visit]);
    for (const output of (visit as Visit).isEntry ? [] : visit.outputs) {
      makers.set(output, [...(makers.get(output) ?? []), visit]);
    }
  }
  const inputsOf = (node: LayerCall) => {
    const calls = visits.get(node) as NestedVisit[];
    const isLeftOut = (i: number) =>
      calls.every(({inputs, ...visit}) => {
        const {passage} = visit as Partial<Visit>;
        const {idle, skipsEmpty} = (passage ?? {}) as Partial<Passage>;
        return idle?.includes(i) || (skipsEmpty && kept.count(inputs[i].ids) === 0);
      });
    return [...calls[0].inputs.keys()].filter((i) => !isLeftOut(i));
  };
  const needed = (): Set<NestedVisit> => {
    const found = new Set<NestedVisit>();
    const follow = (stream: Stream) => {
      for (const visit of makers.get(stream) ?? []) {
        if (!found.has(visit)) {
          found.add(visit);
          for (const i of inputsOf(visit.node)) {
            follow(visit.inputs[i]);
          }
          // All outputs of a nested model stay with it.
          visit.outputs.forEach(follow);
        }
      }
    };
    graph.outputs.forEach(follow);
    return found;
  };

  for (;;) {
    const calls = needed();
    const streams = [...calls].flatMap(({node, inputs, outputs}) => [
      ...outputs,
      ...inputsOf(node).map((i) => inputs[i]),
    ]);
    const empty = streams.find(({ids}) => kept.count(ids) === 0);
    if (empty !== undefined) {
      refuseIfCut(who, graph, empty, read);
      kept.add(empty.ids.slice(0, 1));
      continue;
    }
    const ragged = streams
      .filter((stream) => isMade(stream, makers))
      .find(({ids}) => kept.count(ids) % multipleOf > 0 && kept.count(ids) < ids.length);
    if (ragged === undefined) {
      return {
        isNeeded: (node) => (visits.get(node) ?? []).some((visit) => calls.has(visit)),
        inputsOf,
      };
    }
    const missing = multipleOf - (kept.count(ragged.ids) % multipleOf);
    kept.add(ragged.ids.filter((id) => !kept.has(id)).slice(0, missing));
  }
}

/** Whether a call has made the channels of a stream, and not only handed them on. */
function isMade(stream: Stream, makers: Map<Stream, NestedVisit[]>): boolean {
  return (makers.get(stream) ?? []).some((visit) => {
    const {passage} = visit as Partial<Visit>;
    return typeof passage === 'object' && passage.slices.some(({role}) => role === 'makes');
  });
}

function refuseIfCut(who: string, {channels, sites}: Walk, {ids}: Stream, read: Read): void {
  const roots = new Set(Array.from(ids, (id) => channels.find(id)));
  for (const {layer, path, visits} of sites) {
    const {passage} = visits[0];
    const slices = typeof passage === 'string' ? [] : passage.slices;
    const makes = slices.filter(
      ({role, ids: own}) => role === 'makes' && own.some((id) => roots.has(channels.find(id))),
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
