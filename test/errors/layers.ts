import * as tf from '@tensorflow/tfjs';
import * as layers from 'tfjs-pruning/layers';
import {kinds} from 'tfjs-pruning/layers';
import {arg, model, none, options, type Spec} from './spec';

class Own extends tf.layers.Layer {
  static className = 'OwnOfArguments';
}

const plain = () => tf.sequential({layers: [tf.layers.dense({units: 2, inputShape: [3]})]});

/** Every function of the layers, by name; those that take the arguments of tfjs have its checks beside. */
export const layerSpecs: Record<string, Spec> = {
  prunable: {
    run: layers.prunable,
    args: [
      model(plain, 'a plain model'),
      options(() => ({}), {strict: ['nothing', 'true'], zeros: ['nothing'], layers: ['nothing']}),
    ],
  },
  makePrunable: {
    run: layers.makePrunable,
    args: [arg(() => Own), arg(() => kinds.Dense)],
  },
  declareLayer: {
    run: layers.declareLayer as Spec['run'],
    args: [arg(() => Own), arg(() => ({}))],
  },
  passesChannels: {run: layers.passesChannels, args: none},
  mixesChannels: {
    run: layers.mixesChannels,
    args: [options(() => ({}), {size: ['nothing', 'a string'], biases: ['nothing']})],
  },
  ...Object.fromEntries(
    Object.entries(layers)
      .filter(([name]) => /^prunable./.test(name))
      .map(([name, run]) => {
        // Only a batch norm needs no options.
        const takes =
          name === 'prunableBatchNormalization'
            ? (['an object', 'nothing'] as const)
            : (['an object'] as const);
        return [name, {run: run as Spec['run'], args: [arg(() => ({}), ...takes)]}];
      }),
  ),
};
