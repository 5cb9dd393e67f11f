import * as tf from '@tensorflow/tfjs';
import {strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import '../support/cpu';
import {outputsOf} from '../support/models';

const {layers} = tf;

it('a copy of a model keeps the initializers in its configuration', async () => {
  const plain = tf.sequential({
    layers: [
      layers.dense({units: 4, inputShape: [3, 2], kernelInitializer: 'heUniform'}),
      layers.lstm({units: 3, kernelInitializer: 'randomNormal', recurrentInitializer: 'orthogonal'}),
      layers.dense({units: 2, kernelInitializer: 'truncatedNormal', biasInitializer: 'randomUniform'}),
    ],
  });
  const stripped = await strip(await prunable(plain));
  expect(outputsOf(stripped)).toEqual(outputsOf(plain));
  const initializersOf = (model: tf.LayersModel) =>
    JSON.stringify(model.toJSON(null, false)).match(/"\w+_initializer":\{[^}]*\}/g);
  expect(initializersOf(stripped)).toEqual(initializersOf(plain));
});

const made: number[][] = [];

/** A layer that records the initial values of its weights. */
class Watched extends tf.layers.Layer {
  static className = 'Watched';
  private scale?: tf.LayerVariable;

  override build(shape: tf.Shape) {
    this.scale = this.addWeight('scale', [4], 'float32', tf.initializers.randomNormal({}));
    made.push([...this.scale.read().dataSync()]);
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]) {
    return tf.mul([inputs].flat()[0], (this.scale as tf.LayerVariable).read());
  }
}
tf.serialization.registerClass(Watched);

it('the weights of a copy start from 0 instead of random numbers', async () => {
  const plain = tf.sequential({layers: [layers.dense({units: 4, inputShape: [3]}), new Watched({})]});
  made.length = 0;
  const model = await prunable(plain);
  const [watched] = made;
  expect(watched).toEqual([0, 0, 0, 0]);
  expect(outputsOf(model)).toEqual(outputsOf(plain));
});

it('layers created afterwards have random weights again', async () => {
  const make = () => tf.sequential({layers: [layers.dense({units: 4, inputShape: [3], useBias: false})]});
  const model = await prunable(make());
  await strip(model);
  const [kernel] = make().getWeights();
  expect([...kernel.dataSync()].every((value) => value !== 0)).toBe(true);
});
