import * as tf from '@tensorflow/tfjs';
import {compact, prune, sparsify, strip} from 'tfjs-pruning';
import {makePrunable, mixesChannels, prunable, prunableDense} from 'tfjs-pruning/layers';
import {outputsOf, seeded} from '../support/models';

type Config = {units: number; inputShape?: number[]};

/** A dense layer with a factor, as a module defines it that is loaded once with each factor. */
function scaledClass(factor: number) {
  return class Scaled extends tf.layers.Layer {
    static className = 'Scaled';
    kernel!: tf.LayerVariable;
    readonly units: number;

    constructor(config: Config) {
      super(config as never);
      this.units = config.units;
    }

    override build(shape: tf.Shape): void {
      this.kernel = this.addWeight('kernel', [shape.at(-1) as number, this.units], 'float32', seeded(factor));
      super.build(shape);
    }

    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.tidy(() => tf.mul(factor, tf.matMul([inputs].flat()[0], this.kernel.read())));
    }

    override computeOutputShape([batch]: tf.Shape): tf.Shape {
      return [batch, this.units];
    }

    override getConfig(): tf.serialization.ConfigDict {
      return {...super.getConfig(), units: this.units};
    }
  };
}

const kind = {weights: {kernel: {axes: {output: 1, input: 0}}}, propagation: mixesChannels({size: 'units'})};
const modelOf = (Class: new (config: Config) => tf.layers.Layer) =>
  tf.sequential({layers: [new Class({units: 8, inputShape: [6]}), prunableDense({units: 3})]});
const x = tf.randomNormal([4, 6], 0, 1, 'float32', 3);

const First = scaledClass(1);
const Second = scaledClass(2);
const firstModel = modelOf(makePrunable(First, kind));
const againModel = modelOf(makePrunable(First, kind));
const secondModel = modelOf(makePrunable(Second, kind));
const models = [
  ['the first call', firstModel, First],
  ['a second call for the same class', againModel, First],
  ['a call for another class of the same name', secondModel, Second],
] as const;

describe.each(models)('a layer of makePrunable(), of %s,', (_, model, Plain) => {
  it.each(Object.entries({strip, compact, sparsify}))('becomes its plain class in %s()', async (_, make) => {
    await prune(model, 0.5);
    const made = await make(model);
    expect(made.layers[0].constructor).toBe(Plain);
    expect(outputsOf(made, x)).toEqual(outputsOf(model, x));
  });

  it('keeps its class in prunable()', async () => {
    const copy = await prunable(model);
    expect(copy.layers[0].constructor).toBe(model.layers[0].constructor);
    expect(outputsOf(copy, x)).toEqual(outputsOf(model, x));
  });
});

it('prunable() makes the newest of the classes of one name from its plain class', async () => {
  const copy = await prunable(modelOf(Second));
  expect(copy.layers[0].constructor).toBe(secondModel.layers[0].constructor);
});

it('makePrunable() of a subclass with an inherited class name leaves the name to its base', async () => {
  class Special extends Second {}
  makePrunable(Special, kind);
  const loaded = await tf.models.modelFromJSON(modelOf(Second).toJSON(null, false) as never);
  expect(loaded.layers[0].constructor).toBe(Second);
});
