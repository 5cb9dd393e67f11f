import type {LayersModel} from '@tensorflow/tfjs-layers';
import {kinds} from '../src/kinds';
import {maskZeros} from '../src/maskZeros';
import {assertOptions} from '../src/options';
import {report} from '../src/report';
import {copyWeights} from '../src/surgery/copyWeights';
import {rebuild} from '../src/surgery/rebuild';
import {assertLayersModel, classMap, describe, withHeld} from '../src/tfjs';
import {leaves} from '../src/tree';

export interface PrunableOptions {
  /** True throws if a layer with a weight of two or more dimensions stays without a mask; false by default. */
  strict?: boolean;
  /**
   * `mask` masks the elements that are 0 already, so that training leaves them 0: of prunable weights, and of the biases
   * and batch norms of channels of which they leave nothing. By default, `free`, they train like any others.
   */
  zeros?: 'free' | 'mask';
}

/**
 * A model with the same outputs whose layers have masks wherever they can, those in nested models included. The
 * model given stays as it is; the new one is compiled like it, with a fresh optimizer. A layer that cannot have a
 * mask stays as it is, and `report` names it.
 *
 * @throws if the model is not a LayersModel, if no layer of it can have a mask, or if it cannot be rebuilt from its
 *   configuration.
 */
export async function prunable(model: LayersModel, options: PrunableOptions = {}): Promise<LayersModel> {
  assertLayersModel('prunable', model);
  assertOptions('prunable', options, ['strict', 'zeros']);
  const {strict = false, zeros = 'free'} = options;
  if (zeros !== 'free' && zeros !== 'mask') {
    throw new Error(`prunable: zeros must be 'free' or 'mask', got ${describe(zeros)}`);
  }
  const rename = (name: string) => (`Prunable${name}` in classMap() ? `Prunable${name}` : name);
  const layers = leaves(model)
    .flatMap(({layer}) => withHeld(layer))
    .map((layer) => layer.getClassName());
  const hasWeights = (name: string) => Object.keys(kinds[name]?.weights ?? {own: true}).length > 0;
  if (!layers.some((name) => rename(name).startsWith('Prunable') && hasWeights(name))) {
    throw new Error(
      `prunable: no layer of model "${model.name}" can have a mask; it has ${[...new Set(layers)].join(', ')}; ` +
        'makePrunable() gives masks to layers of your own',
    );
  }
  const copy = await rebuild('prunable', model, rename, copyWeights);
  const {skipped} = report(copy);
  if (strict && skipped.length > 0) {
    copy.dispose();
    const reasons = skipped.map(({layer, reason}) => `${layer} (${reason})`);
    throw new Error(`prunable: strict, and without a mask would stay ${reasons.join('; ')}`);
  }
  if (zeros === 'mask') await maskZeros('prunable', copy);
  return copy;
}
