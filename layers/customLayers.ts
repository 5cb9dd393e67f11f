import {layers} from '@tensorflow/tfjs-layers';
import type {PropagatingKind} from '../src/channels/rules/table';
import {size, sizeAlong} from '../src/model/axes';
import {isBuiltIn} from '../src/model/builtIn';
import {makeNewest} from '../src/model/classes';
import type {Kind, Layout} from '../src/model/kind';
import type {LayerClass} from '../src/model/tfjs';
import type {SparseKind} from '../src/surgery/sparsify/product';
import {assertOptions, isRecord, wrong} from '../src/util/options';
import {type PrunableClass, prunableClass} from './prunableClass';

const KIND = 'an object with weights, as {weights: {kernel: {axes: {output: 1, input: 0}}}}';

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

/**
 * Describes a custom layer class, so that `report` and `compact` count its multiplications and `compact` removes channels
 * through it. For classes without masks: `makePrunable` declares its class itself. Subclasses inherit only the weights.
 *
 * @throws if the class is not a custom layer class, or the kind has unknown fields.
 * @example declareLayer(Swish, {propagation: passesChannels()})
 */
export function declareLayer(LayerClass: LayerClass<never>, kind: LayerKind): void {
  assertLayerClass('declareLayer', LayerClass);
  if (isBuiltIn(LayerClass.className)) {
    throw new Error(
      `declareLayer: ${LayerClass.className} is a class of tfjs, which is known; leave out the call`,
    );
  }
  declare(LayerClass, completed('declareLayer', kind));
}

/**
 * Makes a layer class with a mask for each weight in a kind, registered for loading as `Prunable` plus the class name. Its
 * layers compute outputs and regularization losses from weight · mask: a masked weight has no influence, and its gradient is
 * exactly 0. The masks are non-trainable bool weights, saved and loaded with the layer.
 *
 * The given class is declared too, as by `declareLayer`, so that `report` and `compact` know it after `strip`.
 *
 * @param Base A class that reads its weights by `this.<field>.read()`, as tfjs layers do.
 * @param declared The prunable weights and their layouts; `propagation` and `product`, if it has them.
 * @throws if the class is not a layer class, or the kind declares no weights. Layers throw when they are built without a
 *   declared weight.
 * @example makePrunable(GatedDense, {weights: {kernel: {axes: {output: 1, input: 0}}}})
 */
export function makePrunable<Args extends unknown[]>(
  Base: LayerClass<Args>,
  declared: LayerKind,
): PrunableClass<Args> {
  assertLayerClass('makePrunable', Base);
  const kind = completed('makePrunable', declared);
  if (declared.weights === undefined) throw wrong('makePrunable', 'the kind', KIND, declared);
  makeNewest(Base.className, Base);
  declare(Base, kind);
  return prunableClass(Base, kind);
}

/** Stores a custom class's kind; `kinds` has those of tfjs. */
function declare(LayerClass: object & {className: string}, kind: Kind): void {
  if (isBuiltIn(LayerClass.className)) return;
  Object.defineProperty(LayerClass, 'kind', {value: kind, configurable: true});
}

/** A kind with its defaults. */
function completed(who: string, kind: LayerKind): Kind {
  if (!isRecord(kind) || !isRecord(kind.weights ?? {})) {
    throw wrong(who, 'the kind', KIND, kind);
  }
  assertOptions(who, kind, ['weights', 'perChannel', 'calls', 'propagation', 'product']);
  const weights = Object.entries(kind.weights ?? {}).map(([field, layout]): [string, Layout] => {
    if (!isRecord(layout?.axes)) {
      throw wrong(
        who,
        `the layout of ${field}`,
        'an object with axes, as {axes: {output: 1, input: 0}}',
        layout,
      );
    }
    const {axes, gates = 1} = layout;
    const perOutput: Layout['uses'] = ({output}, shape) =>
      (size(output) * gates) / sizeAlong(shape, axes.output);
    return [field, {uses: perOutput, ...layout, gates}];
  });
  return {...kind, weights: Object.fromEntries(weights)};
}

function assertLayerClass(who: string, LayerClass: unknown): void {
  const {prototype, className} = Object(LayerClass) as {prototype?: unknown; className?: unknown};
  if (!(prototype instanceof layers.Layer) || typeof className !== 'string') {
    throw wrong(who, 'the class', 'a class of layers with a static className', LayerClass);
  }
}
