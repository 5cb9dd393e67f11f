import {layers} from '@tensorflow/tfjs-layers';
import {isBuiltIn} from '../src/model/builtIn';
import {makeNewest} from '../src/model/classes';
import type {Kind} from '../src/model/kind';
import type {LayerClass} from '../src/model/tfjs';
import {wrong} from '../src/util/options';
import {completeKind, type LayerKind} from './layerKind';
import {type PrunableClass, prunableClass} from './prunableClass';

/**
 * Describes a custom layer class, so that `report` and `compact` count its multiplications and `compact` removes channels
 * through it. For classes without masks: `makePrunable` declares its class itself. Subclasses inherit only the weights.
 *
 * @returns nothing; `report` and `compact` know the class from now on.
 * @throws if the class is not a custom layer class, or the kind has unknown fields or wrong values.
 * @example declareLayer(Swish, {propagation: passesChannels()})
 */
export function declareLayer(LayerClass: LayerClass<never>, kind: LayerKind): void {
  assertLayerClass('declareLayer', LayerClass);
  if (isBuiltIn(LayerClass.className)) {
    throw new Error(
      `declareLayer: ${LayerClass.className} is a class of tfjs, which is known; leave out the call`,
    );
  }
  declare(LayerClass, completeKind('declareLayer', kind, false));
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
 * @returns the class of layers with masks, a subclass of the given one.
 * @throws if the class is not a layer class, or the kind declares no weights. Layers throw when they are built without a
 *   declared weight.
 * @example makePrunable(GatedDense, {weights: {kernel: {axes: {output: 1, input: 0}}}})
 */
export function makePrunable<Args extends unknown[]>(
  Base: LayerClass<Args>,
  declared: LayerKind,
): PrunableClass<Args> {
  assertLayerClass('makePrunable', Base);
  const kind = completeKind('makePrunable', declared, true);
  makeNewest(Base.className, Base);
  declare(Base, kind);
  return prunableClass(Base, kind);
}

/** Stores a custom class's kind; `kinds` has those of tfjs. */
function declare(LayerClass: object & {className: string}, kind: Kind): void {
  if (isBuiltIn(LayerClass.className)) return;
  Object.defineProperty(LayerClass, 'kind', {value: kind, configurable: true});
}

function assertLayerClass(who: string, LayerClass: unknown): void {
  const {prototype, className} = Object(LayerClass) as {prototype?: unknown; className?: unknown};
  if (!(prototype instanceof layers.Layer) || typeof className !== 'string') {
    throw wrong(who, 'the class', 'a class of layers with a static className', LayerClass);
  }
}
