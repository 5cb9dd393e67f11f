import {builtInName} from '../model/builtIn';
import {innerLayers, type Layer, nodesOf} from '../model/tfjs';
import {isContainer} from '../model/tree';

/**
 * Whether a layer may have state that the library does not know: a custom layer, or one with such a layer inside. A class of the
 * library says by a static `configIsComplete` that it has none.
 */
export function isCustom(layer: Layer): boolean {
  if (isContainer(layer)) return layer.layers.some(isCustom);
  if (Object.hasOwn(layer.constructor, 'configIsComplete')) return false;
  const isInput = nodesOf(layer)[0]?.inboundLayers.length === 0;
  return !isInput && (builtInName(layer) === undefined || innerLayers(layer).some(isCustom));
}

/** The error that a layer cannot be copied. */
export function cannotCopy(layer: Layer, reason: string): Error {
  const name = layer.getClassName();
  return new Error(
    `layer "${layer.name}" (${name}) ${reason}; return all of its state from getConfig(), or pass ` +
      `{layers: {${name}: (original) => copy}}`,
  );
}
