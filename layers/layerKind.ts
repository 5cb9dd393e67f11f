import type {PropagatingKind} from '../src/channels/rules/table';
import {size, sizeAlong} from '../src/model/axes';
import type {Kind, Layout} from '../src/model/kind';
import type {SparseKind} from '../src/surgery/sparsify/product';
import {assertPart} from '../src/util/factory';
import {assertCount, assertOptions, isRecord, wrong} from '../src/util/options';

/** A weight's layout, and how often its elements are used. Only the axes are required. */
export interface LayerLayout extends Partial<Layout> {
  /** The axes of the weight that correspond to the layer's outputs and inputs, `{output: 1, input: 0}` for a dense kernel. */
  readonly axes: Layout['axes'];
  /** The number of output slices that form a unit, 4 for an LSTM's gates; 1 by default. */
  readonly gates?: number;
  /**
   * The number of multiplications per element in one call for one example, by the call's shapes and the weight's shape; one
   * per output position by default.
   */
  readonly uses?: Layout['uses'];
}

/** A description of a layer class. */
export interface LayerKind {
  /** The prunable weights, by the layer's field that holds them; none by default. */
  readonly weights?: Readonly<Record<string, LayerLayout>>;
  /**
   * The fields with one element per output channel, such as biases, which are masked with the channel; none by default. Of an
   * inner list, the first field that the layer has.
   */
  readonly perChannel?: Kind['perChannel'];
  /** The inner layer's call, from a call of the layer; the same shapes by default. */
  readonly calls?: Kind['calls'];
  /**
   * How channels pass through: `mixesChannels()`, `passesChannels()`, or a custom rule. Without one, `compact` removes no channel
   * before or after the layer.
   */
  readonly propagation?: PropagatingKind['propagation'];
  /** The layer as a product with its kernel, which `sparsify` computes by the nonzeros; without it, the layer stays dense. */
  readonly product?: SparseKind['product'];
}

const KIND = 'an object with weights, as {weights: {kernel: {axes: {output: 1, input: 0}}}}';

/** A kind with its defaults. @throws if it has unknown fields or wrong values, or lacks `weights` where they are needed. */
export function completeKind(who: string, kind: LayerKind, needsWeights: boolean): Kind {
  if (!isRecord(kind) || !isRecord(kind.weights ?? (needsWeights ? undefined : {}))) {
    throw wrong(who, 'the kind', KIND, kind);
  }
  assertOptions(who, kind, ['weights', 'perChannel', 'calls', 'propagation', 'product']);
  const {weights = {}, perChannel = [], propagation, calls, product}: LayerKind = kind;
  if (!Array.isArray(perChannel) || perChannel.flat().some((field) => typeof field !== 'string')) {
    throw wrong(who, 'perChannel', "a list of fields, as ['bias']", perChannel);
  }
  if (propagation !== undefined) assertPart(who, 'propagation', propagation);
  assertFunctions(who, {calls, product});
  const complete = Object.entries(weights).map(([field, layout]): [string, Layout] => {
    assertLayout(who, field, layout);
    const {axes, gates = 1} = layout;
    const perOutput: Layout['uses'] = ({output}, shape) =>
      (size(output) * gates) / sizeAlong(shape, axes.output);
    return [field, {uses: perOutput, ...layout, gates}];
  });
  return {...kind, weights: Object.fromEntries(complete)};
}

function assertLayout(who: string, field: string, layout: LayerLayout): void {
  const name = `the layout of ${field}`;
  if (!isRecord(layout?.axes)) {
    throw wrong(who, name, 'an object with axes, as {axes: {output: 1, input: 0}}', layout);
  }
  const {axes, gates = 1, uses} = layout;
  assertOptions(`${who}: ${name}`, layout, ['axes', 'gates', 'uses', 'hidden']);
  assertOptions(`${who}: axes of ${field}`, axes, ['output', 'input']);
  assertCount(who, `axes.input of ${field}`, axes.input, 0);
  for (const axis of [axes.output].flat()) assertCount(who, `axes.output of ${field}`, axis, 0);
  assertCount(who, `gates of ${field}`, gates);
  assertFunctions(who, {[`uses of ${field}`]: uses});
}

function assertFunctions(who: string, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && typeof value !== 'function') throw wrong(who, name, 'a function', value);
  }
}
