import * as tf from '@tensorflow/tfjs';
import {prune, report, strip} from 'tfjs-pruning';
import {kinds, makePrunable, prunable} from 'tfjs-pruning/layers';
import {kernelsOf, masksOf, outputsOf, seeded} from '../support/models';
import {saveAndLoad} from '../support/saving';

/** x·left + x·right, both prunable. */
class Twin extends tf.layers.Layer {
  static className = 'Twin';
  left!: tf.LayerVariable;
  right!: tf.LayerVariable;
  readonly seed: number;

  constructor(config: {seed?: number; name?: string; inputShape?: number[]} = {}) {
    super(config);
    this.seed = config.seed ?? 0;
  }

  override build(shape: tf.Shape): void {
    const square = [shape[1], shape[1]];
    this.left = this.addWeight('left', square, 'float32', seeded(this.seed));
    this.right = this.addWeight('right', square, 'float32', seeded(this.seed + 1));
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      return tf.add(tf.matMul(x, this.left.read()), tf.matMul(x, this.right.read()));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {...super.getConfig(), seed: this.seed};
  }
}

const {kernel} = kinds.Dense.weights;
const PrunableTwin = makePrunable(Twin, {weights: {left: kernel, right: kernel}});

it('makePrunable() names the class, and stores the plain name', () => {
  expect([PrunableTwin.className, PrunableTwin.plainName]).toEqual(['PrunableTwin', 'Twin']);
});

it('a class of makePrunable() has the constructor of its base class', () => {
  const layer = new PrunableTwin({seed: 5, name: 'mine'});
  expect([layer.name, layer.getConfig().seed, layer.getClassName()]).toEqual(['mine', 5, 'PrunableTwin']);
  expect(layer).toBeInstanceOf(Twin);
});

it('makePrunable() adds a mask to each weight of a custom layer', async () => {
  const model = tf.sequential({layers: [new PrunableTwin({seed: 5, name: 'twin', inputShape: [3]})]});
  await prune(model, 0.7);
  const {weights} = report(model);
  expect(weights.map(({name, kept, macs}) => [name, kept, macs])).toEqual([
    ['twin/left', 3, 3],
    ['twin/right', 3, 3],
  ]);
  const x = tf.randomNormal([4, 3], 0, 1, 'float32', 1);
  const [left, right] = kernelsOf(model).map((values) => tf.tensor2d(values, [3, 3]));
  const expected = tf.add(tf.matMul(x, left), tf.matMul(x, right));
  expect(outputsOf(model, x)).toEqual([...expected.dataSync()]);
});

it('prunable() and strip() support a custom layer after makePrunable()', async () => {
  const model = tf.sequential({layers: [new Twin({seed: 7, inputShape: [3]}), tf.layers.dense({units: 2})]});
  const masked = await prunable(model);
  expect(masked.layers.map((layer) => layer.getClassName())).toEqual(['PrunableTwin', 'PrunableDense']);
  expect(outputsOf(masked)).toEqual(outputsOf(model));
  await prune(masked, 0.5);
  const plain = await strip(masked);
  expect(plain.layers.map((layer) => layer.getClassName())).toEqual(['Twin', 'Dense']);
  expect(outputsOf(plain)).toEqual(outputsOf(masked));
});

it('a custom layer is saved and loaded with its masks', async () => {
  const model = tf.sequential({layers: [new PrunableTwin({seed: 9, inputShape: [3]})]});
  await prune(model, 0.6);
  const loaded = await saveAndLoad(model);
  expect(loaded.layers[0].getClassName()).toBe('PrunableTwin');
  expect(masksOf(loaded)).toEqual(masksOf(model));
  expect(outputsOf(loaded)).toEqual(outputsOf(model));
});
