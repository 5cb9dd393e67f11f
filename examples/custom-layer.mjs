// Makes a layer of your own prunable, so that channels can be pruned in it and removed from it.
import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prune} from 'tfjs-pruning';
import {makePrunable, mixesChannels, prunableDense} from 'tfjs-pruning/layers';

/** (x · kernel + bias) ⊙ sigmoid(x · gates). */
class GatedDense extends tf.layers.Layer {
  static className = 'GatedDense';
  constructor(config) {
    super(config);
    this.units = config.units;
  }
  build([, inputs]) {
    const kernel = (name) =>
      this.addWeight(name, [inputs, this.units], 'float32', tf.initializers.glorotUniform({}));
    this.kernel = kernel('kernel');
    this.gates = kernel('gates');
    this.bias = this.addWeight('bias', [this.units], 'float32', tf.initializers.zeros());
    super.build([null, inputs]);
  }
  call(inputs) {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      const value = tf.add(tf.matMul(x, this.kernel.read()), this.bias.read());
      return tf.mul(value, tf.sigmoid(tf.matMul(x, this.gates.read())));
    });
  }
  computeOutputShape([batch]) {
    return [batch, this.units];
  }
  getConfig() {
    return {...super.getConfig(), units: this.units};
  }
}

// Fields with weights, and how channels pass through: each output is made of all inputs.
const PrunableGatedDense = makePrunable(GatedDense, {
  weights: {kernel: {axes: {output: 1, input: 0}}, gates: {axes: {output: 1, input: 0}}},
  perChannel: ['bias'],
  propagation: mixesChannels({size: 'units', biases: {kernel: 'bias'}}),
});

const model = tf.sequential();
model.add(prunableDense({units: 16, inputShape: [8]}));
model.add(new PrunableGatedDense({units: 12}));
model.add(prunableDense({units: 3}));
await prune(model, 0.5, {pattern: channel()});
const small = await compact(model);
console.log(`${compactReport(small)}`);
const x = tf.randomNormal([4, 8]);
const difference = tf.max(tf.abs(tf.sub(small.predict(x), model.predict(x))));
console.log(`largest difference of the outputs ${(await difference.data())[0].toFixed(4)}`);
