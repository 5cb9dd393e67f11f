import type {LayersModel} from '@tensorflow/tfjs-layers';
import {isOfItsName} from '../src/model/classes';
import {kinds} from '../src/model/kinds';
import {readNetwork} from '../src/model/network';
import {classMap, type Layer, withInnerLayers} from '../src/model/tfjs';
import {report} from '../src/report';
import type {LayerCopiers} from '../src/surgery/copies';
import {rebuild} from '../src/surgery/rebuild';
import {assertFlag, assertOneOf, assertOptions} from '../src/util/options';

/** The options of `prunable`. */
export interface PrunableOptions {
  /** True throws if a layer with a weight of two or more dimensions stays without a mask; false by default. */
  strict?: boolean;
  /**
   * `mask` masks the elements that are 0 already, so that training leaves them 0: of prunable weights, and of the biases
   * and batch norms of channels of which they leave nothing. By default, `free`, they train like any others.
   */
  zeros?: 'free' | 'mask';
  /**
   * By the names of their classes, functions that make a new layer like the one given, for layers whose `getConfig`
   * does not return all of their state. The weights are copied afterwards.
   */
  layers?: LayerCopiers;
}

/**
 * A model with the same outputs whose layers have masks wherever they can, those in nested models included. The
 * model given stays as it is; the new one is compiled like it, with the state of its optimizer, so that training goes on
 * as it would; an optimizer that is not of tfjs starts afresh. A layer that cannot have a mask stays as it is, and
 * `report` names it.
 *
 * Layers of your own are called with a few numbers, as are their copies, to see that these do the same.
 *
 * @throws if the model is not a LayersModel, if no layer of it can have a mask, or if it cannot be rebuilt from its
 *   configuration, as where the copy of a layer of your own is not like it.
 * @example await prunable(model, {layers: {Scale: (original) => new Scale(original.factor)}})
 */
export async function prunable(model: LayersModel, options: PrunableOptions = {}): Promise<LayersModel> {
  const network = readNetwork('prunable', model);
  assertOptions('prunable', options, ['strict', 'zeros', 'layers']);
  const {strict = false, zeros = 'free'} = options;
  assertFlag('prunable', 'strict', strict);
  assertOneOf('prunable', 'zeros', zeros, ['free', 'mask']);
  const rename = (name: string) => (`Prunable${name}` in classMap() ? `Prunable${name}` : name);
  const layers = network.leaves.flatMap(({layer}) => withInnerLayers(layer));
  const hasWeights = (name: string) => Object.keys(kinds[name]?.weights ?? {own: true}).length > 0;
  const canBeMasked = (layer: Layer) => {
    const name = layer.getClassName();
    return isOfItsName(layer) && rename(name).startsWith('Prunable') && hasWeights(name);
  };
  if (!layers.some(canBeMasked)) {
    const names = new Set(layers.map((layer) => layer.getClassName()));
    throw network.refuse(
      `no layer of model "${model.name}" can have a mask; it has ${[...names].join(', ')}; ` +
        'makePrunable() gives masks to layers of your own',
    );
  }
  const copy = await rebuild(network, rename, options.layers);
  const {skipped} = report(copy);
  if (strict && skipped.length > 0) {
    copy.dispose();
    const reasons = skipped.map(({layer, reason}) => `${layer} (${reason})`);
    throw new Error(`prunable: strict, and without a mask would stay ${reasons.join('; ')}`);
  }
  if (zeros === 'mask') await (await import('../src/channels/maskZeros')).maskZeros('prunable', copy);
  return copy;
}
