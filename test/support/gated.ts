import * as tf from '@tensorflow/tfjs';
import {makePrunable, mixesChannels} from 'tfjs-pruning/layers';
import {seeded} from './models';

type Inputs = tf.Tensor | tf.Tensor[];
type Config = {units: number; inputShape?: number[]; name?: string};

/** (x · kernel + bias) · sigmoid(x · gates + gateBias), with variables that go by other names than their fields. */
export class Gated extends tf.layers.Layer {
  static className = 'Gated';
  readonly units: number;
  declare kernel: tf.LayerVariable;
  declare bias: tf.LayerVariable;
  declare gateKernel: tf.LayerVariable;
  declare gateBias: tf.LayerVariable;

  constructor(config: Config) {
    super(config as object);
    this.units = config.units;
  }

  override build(shape: tf.Shape): void {
    const kernel = [shape[shape.length - 1] as number, this.units];
    this.kernel = this.addWeight('K', kernel, 'float32', seeded(1));
    this.bias = this.addWeight('b', [this.units], 'float32', seeded(2));
    this.gateKernel = this.addWeight('gates', kernel, 'float32', seeded(3));
    this.gateBias = this.addWeight('x_y', [this.units], 'float32', seeded(4));
    super.build(shape);
  }

  override call(inputs: Inputs): tf.Tensor {
    return tf.tidy(() => {
      const [x] = [inputs].flat();
      const [value, gate] = [
        [this.kernel, this.bias],
        [this.gateKernel, this.gateBias],
      ].map(([kernel, bias]) => tf.add(tf.matMul(x, kernel.read()), bias.read()));
      return tf.mul(value, tf.sigmoid(gate));
    });
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return [shape[0], this.units];
  }

  override getConfig() {
    return {...super.getConfig(), units: this.units};
  }
}

const axes = {output: 1, input: 0};
export const gatedKind = {
  weights: {kernel: {axes}, gateKernel: {axes}},
  perChannel: ['bias', 'gateBias'],
  propagation: mixesChannels(),
};
export const PrunableGated = makePrunable(Gated, gatedKind);
