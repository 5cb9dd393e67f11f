import type {LayersModel} from '@tensorflow/tfjs-layers';
import {isOfItsName} from '../src/model/classes';
import {kinds} from '../src/model/kinds';
import {readNetwork} from '../src/model/network';
import {classMap, type Layer, withInnerLayers} from '../src/model/tfjs';
import {report} from '../src/report';
import type {LayerCopiers} from '../src/surgery/copies';
import {rebuild} from '../src/surgery/rebuild';
import {assertFlag, assertOneOf, assertOptions} from '../src/util/options';

/** Options for `prunable`. */
export interface PrunableOptions {
  /** True throws if a layer with a weight of two or more dimensions would have no mask; false by default. */
  strict?: boolean;
  /**
   * `mask` masks elements that are 0, so that they stay 0 in training: in prunable weights, and in biases and batch-norm
   * parameters if their channel's weights are all 0. `free`, the default, trains them like other elements.
   */
  zeros?: 'free' | 'mask';
  /**
   * Functions that copy a layer, by class name, for layers whose `getConfig` does not return all of their state. The weights
   * are copied afterwards. None by default.
   */
  layers?: LayerCopiers;
}

/**
 * Returns a model with the same outputs, whose layers have masks if they can, including those in nested models. The given
 * model is unchanged. The new model is compiled like it and has its optimizer's state, so that training continues
 * unchanged; custom optimizers start afresh. `report` lists the layers that cannot have masks.
 *
 * Custom layers and their copies are called on a few numbers, to check that their outputs are equal.
 *
 * @returns the model with masks. It belongs to the caller.
 * @throws if the model is not a LayersModel, if none of its layers can have a mask, or if it cannot be rebuilt from its
 *   configuration, as when a custom layer differs from its copy.
 * @example const masked = await prunable(dense);
 * @example await prunable(custom, {layers: {Scale: (original) => new Scale(original.factor)}})
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
        'makePrunable() gives masks to custom layers',
    );
  }
  const copy = await rebuild(network, rename, options.layers);
  const {skipped} = report(copy);
  if (strict && skipped.length > 0) {
    copy.dispose();
    const reasons = skipped.map(({layer, reason}) => `${layer} (${reason})`);
    throw new Error(`prunable: strict, but these layers can have no mask: ${reasons.join('; ')}`);
  }
  if (zeros === 'mask') await (await import('../src/channels/maskZeros')).maskZeros('prunable', copy);
  return copy;
}
