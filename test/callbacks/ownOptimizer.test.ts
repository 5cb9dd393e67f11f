import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  decode,
  encode,
  polynomial,
  prunableWeights,
  prune,
  sparsify,
  strip,
} from 'tfjs-pruning';
import {iterativePruning, pruning} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {masksOf, mlp, outputsOf} from '../support/models';

/** Remembers gradients as momentum does, where nobody but itself looks. */
class Remembering extends tf.Optimizer {
  static className = 'Remembering';
  readonly #velocities = new Map<string, tf.Tensor>();

  override applyGradients(gradients: tf.NamedTensorMap | {name: string; tensor: tf.Tensor}[]): void {
    const all = Array.isArray(gradients)
      ? gradients.map(({name, tensor}) => [name, tensor] as const)
      : Object.entries(gradients);
    for (const [name, gradient] of all) {
      const variable = tf.engine().registeredVariables[name];
      const before = this.#velocities.get(name);
      const velocity = tf.tidy(() => (before ? tf.add(tf.mul(before, 0.9), gradient) : tf.clone(gradient)));
      before?.dispose();
      this.#velocities.set(name, tf.keep(velocity));
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(velocity, 0.05)) as tf.Tensor));
    }
    this.incrementIterations();
  }

  override getConfig() {
    return {};
  }

  override dispose(): void {
    tf.dispose([...this.#velocities.values()]);
    this.#velocities.clear();
    super.dispose();
  }
}

/** Adds something to all weights in each step, as a sampler adds noise. */
class Drifting extends Remembering {
  static className = 'Drifting';

  override applyGradients(gradients: tf.NamedTensorMap | {name: string; tensor: tf.Tensor}[]): void {
    super.applyGradients(gradients);
    for (const name of Array.isArray(gradients) ? gradients.map((one) => one.name) : Object.keys(gradients)) {
      const variable = tf.engine().registeredVariables[name];
      tf.tidy(() => variable.assign(tf.add(variable, 0.01) as tf.Tensor));
    }
  }
}

const x = tf.randomNormal([8, 4], 0, 1, 'float32', 7);
const y = tf.randomNormal([8, 3], 0, 1, 'float32', 8);

/** How many masked elements of prunable weights and of biases are stored as another number than 0. */
function moved(model: tf.LayersModel): number {
  const weights = model.layers.flatMap(({weights}) => weights).map((weight) => weight.read());
  const masks = weights.filter(({dtype}) => dtype === 'bool');
  const values = weights.filter(({dtype}) => dtype !== 'bool');
  return values.reduce((count, value, i) => {
    const bits = masks[i].dataSync();
    return count + [...value.dataSync()].filter((one, at) => bits[at] === 0 && one !== 0).length;
  }, 0);
}

describe.each([
  ['remembers gradients', Remembering],
  ['adds to all weights', Drifting],
])('a custom optimizer that %s', (_, Own) => {
  function compiled(): tf.Sequential {
    const model = mlp();
    model.compile({optimizer: new Own(), loss: 'meanSquaredError'});
    return model;
  }

  async function fitWith(model: tf.LayersModel, callback: tf.Callback, epochs: number) {
    const found = {batches: [] as number[], epochs: [] as number[]};
    const watch = new tf.CustomCallback({
      onBatchEnd: async () => void found.batches.push(moved(model)),
      onEpochEnd: async () => void found.epochs.push(moved(model)),
    });
    const options = {epochs, batchSize: 2, validationData: [x, y] as [tf.Tensor, tf.Tensor], verbose: 0};
    await model.fit(x, y, {...options, callbacks: [callback, watch]});
    return found;
  }

  it('may change stored values of masked elements within an epoch, and pruning() resets them to 0 at its end', async () => {
    const model = compiled();
    const pruner = pruning({schedule: polynomial({to: 0.5}), begin: 0, end: 1});
    const found = await fitWith(model, pruner, 4);
    expect(
      masksOf(model)
        .flat()
        .filter((bit) => bit === 0),
    ).toHaveLength(21);
    // Were it never so, this test would show nothing.
    expect(Math.max(...found.batches)).toBeGreaterThan(0);
    expect(found.epochs).toEqual([0, 0, 0, 0]);
  });

  it('has them at 0 at the end of each epoch of iterativePruning()', async () => {
    const model = compiled();
    const loop = iterativePruning({monitor: 'val_loss', mode: 'min', maxDrop: 100, step: 0.3});
    const found = await fitWith(model, loop, 6);
    expect(masksOf(model).flat()).toContain(0);
    expect(Math.max(...found.batches)).toBeGreaterThan(0);
    expect(found.epochs.length).toBeGreaterThan(2);
    expect(found.epochs.filter((count) => count > 0)).toEqual([]);
  });

  it('has them at 0 after prune(), also in biases and in weights that are not selected', async () => {
    const model = compiled();
    await model.trainOnBatch(x, y);
    await prune(model, 0.5, {pattern: channel(), where: ['hidden']});
    await model.trainOnBatch(x, y);
    expect(moved(model)).toBeGreaterThan(0);
    await prune(model, 0.3, {where: ['output']});
    expect(moved(model)).toBe(0);
  });

  it('never changes outputs, nor the models that are made from it', async () => {
    const model = compiled();
    await model.trainOnBatch(x, y);
    await prune(model, 0.5, {pattern: channel(), where: ['hidden']});
    await prune(model, 0.5);
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    expect(moved(model)).toBeGreaterThan(0);
    const outputs = outputsOf(model, x);
    const copy = await prunable(model);
    expect(moved(copy)).toBe(0);
    for (const made of [
      await strip(model),
      await compact(model),
      await sparsify(model),
      await decode(await encode(model)),
      copy,
    ]) {
      expect(difference(model, made)).toBeLessThan(1e-6);
    }
    const zeros = (of: tf.LayersModel) =>
      of
        .getWeights()
        .flatMap((weight) => [...weight.dataSync()])
        .filter((value) => value === 0);
    const masked = masksOf(model)
      .flat()
      .filter((bit) => bit === 0).length;
    expect(zeros(await strip(model)).length).toBeGreaterThanOrEqual(masked);
    for (const {value, mask} of prunableWeights(model)) {
      tf.tidy(() => value.assign(tf.where(mask, value, 0)));
    }
    expect(outputsOf(model, x)).toEqual(outputs);
  });
});
