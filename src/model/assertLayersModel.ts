import {LayersModel} from '@tensorflow/tfjs-layers';
import {describe} from '../util/describe';
import {classMap, isDisposed} from './tfjs';

/** Throws unless `model` is a LayersModel that has not been disposed. */
export function assertLayersModel(who: string, model: unknown): asserts model is LayersModel {
  if (model instanceof LayersModel) {
    if (model.weights.some(isDisposed)) {
      throw new Error(`${who}: ${describe(model)} is disposed; make or load it again`);
    }
    return;
  }
  if (typeof (model as {executeAsync?: unknown} | null)?.executeAsync === 'function') {
    throw new Error(
      `${who}: a GraphModel cannot be pruned, only a LayersModel can be trained; convert the Keras original ` +
        'with tensorflowjs_converter --output_format=tfjs_layers_model',
    );
  }
  const {layers: held, predict} = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(held) && typeof predict === 'function') {
    throw new Error(`${who}: ${TWO_COPIES}`);
  }
  throw new Error(`${who}: expected a tf.LayersModel, got ${describe(model)}`);
}

const TWO_COPIES =
  'two copies of TensorFlow.js are loaded. Run "npm ls @tensorflow/tfjs-core" to see who brings them, ' +
  'and give all packages the same version';

/** Throws if the tfjs layers are registered with another copy of its core than the one in use here. */
export function assertOneCopy(who: string): void {
  if (!('Dense' in classMap())) throw new Error(`${who}: ${TWO_COPIES}`);
}
