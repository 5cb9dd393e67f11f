import * as tf from '@tensorflow/tfjs';
import {channel, prune, report} from 'tfjs-pruning';
import {iterativePruning, pruning} from 'tfjs-pruning/callbacks';
import {examples, kernelsOf, masksOf, mlp} from './support/models';
import {compiled, fitOn} from './support/training';

describe('concurrent calls of prune() on one model', () => {
  it('run one after the other, with the same result as in sequence', async () => {
    const [model, other] = [compiled(), compiled()];
    const first = prune(model, 0.3, {pattern: channel(), where: ['hidden']});
    const second = prune(model, 0.8);
    await prune(other, 0.3, {pattern: channel(), where: ['hidden']});
    await prune(other, 0.8);
    await second;
    expect(masksOf(model)).toEqual(masksOf(other));
    expect(kernelsOf(model)).toEqual(kernelsOf(other));
    expect((await first).sparsity).toBeLessThan((await second).sparsity);
  });

  it('continue after one that failed', async () => {
    const model = mlp();
    const refused = prune(model, 0.5, {where: ['nowhere']});
    const next = prune(model, 0.5);
    await expect(refused).rejects.toThrow('nowhere');
    expect((await next).sparsity).toBe(0.5);
  });

  it('also wait for a callback that prunes', async () => {
    const model = compiled();
    const callback = pruning({schedule: () => 0.3, begin: 0, end: 0});
    class Aside extends tf.Callback {
      done: Promise<unknown> | undefined;
      override async onEpochEnd() {
        this.done = prune(model, 0.6);
      }
    }
    const aside = new Aside();
    await fitOn(model, {epochs: 1, callbacks: [aside, callback]});
    await aside.done;
    // It ran first, and 0.3 is below the sparsity at that time.
    expect(callback.results[0].toString()).toContain('nothing changed');
    expect(report(model).total.kept).toBe(Math.round(24 * 0.4) + Math.round(18 * 0.4));
  });
});

describe('a model whose optimizer was disposed', () => {
  async function disposed(): Promise<tf.Sequential> {
    const model = mlp();
    model.compile({optimizer: tf.train.adam(0.1), loss: 'meanSquaredError'});
    const {x, y} = examples();
    await model.trainOnBatch(x, y);
    model.optimizer.dispose();
    return model;
  }

  it('is pruned, as it has no slots to reset', async () => {
    const model = await disposed();
    expect((await prune(model, 0.5)).sparsity).toBe(0.5);
    expect(
      masksOf(model)
        .flat()
        .filter((bit) => bit === 1),
    ).toHaveLength(21);
  });

  it('trains and restores its best weights after it is compiled again', async () => {
    const model = await disposed();
    await prune(model, 0.5);
    model.compile({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['accuracy']});
    const {x, y} = examples();
    const loop = iterativePruning({monitor: 'val_loss', maxDrop: 1, step: 0.2, recover: 1});
    const history = await fitOn(model, {epochs: 2, validationData: [x, y], callbacks: [loop]});
    expect(history.sparsity.at(-1)).toBeGreaterThanOrEqual(0.5);
  });
});
