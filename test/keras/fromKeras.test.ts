import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {channel, compact, constant, report} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {readModel} from '../../bin/modelFiles';
import {difference} from '../support/compare';
import {describeWith} from '../support/describeWith';
import {differencesInKeras} from '../support/inKeras';
import {python, withoutKeras} from '../support/keras';
import {readNpy} from '../support/npy';

const names = ['mlp', 'residual', 'norms', 'transposed', 'lstm', 'gru', 'bidirectional'].flatMap((name) => [
  `keras2-${name}`,
  `keras3-${name}`,
]);

describeWith(withoutKeras(), 'a model of Keras in tfjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keras-'));
  const smaller: Record<string, tf.LayersModel> = {};

  const examples = (name: string) => ({
    x: readNpy(join(folder, name, 'x.npy')),
    y: readNpy(join(folder, name, 'y.npy')),
  });

  /** The largest difference of the outputs from those of Keras. */
  function error(model: tf.LayersModel, name: string): number {
    const {x, y} = examples(name);
    return tf.tidy(() => tf.max(tf.abs(tf.sub(model.predict(x) as tf.Tensor, y))).dataSync()[0]);
  }

  beforeAll(async () => {
    await python('test/keras/export.py', [folder]);
  }, 300_000);

  it.each(names)('predicts the same after training and conversion from .keras: %s', async (name) => {
    const {artifacts} = await readModel(join(folder, `${name}-trained`, 'model.json'));
    expect(artifacts.weightSpecs?.filter(({name}) => /optimizer|metrics|vars/.test(name))).toEqual([]);
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    expect(error(model, `${name}-trained`)).toBeLessThan(1e-5);
  });

  it.each(names)('predicts the same after prunable, fit and compact: %s', async (name) => {
    const {artifacts} = await readModel(join(folder, name, 'model.json'));
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    expect(error(model, name)).toBeLessThan(1e-5);

    const masked = await prunable(model);
    masked.compile({optimizer: 'adam', loss: 'categoricalCrossentropy'});
    const callbacks = [pruning({schedule: constant(0.5), begin: 0, end: 0, pattern: channel()})];
    const {x, y} = examples(name);
    const {history} = await masked.fit(x, y, {epochs: 2, verbose: 0, callbacks});
    expect(history.loss.every(Number.isFinite)).toBe(true);
    expect(report(masked).total.sparsity).toBeGreaterThan(0.2);
    const small = await compact(masked);
    expect(small.countParams()).toBeLessThan(model.countParams());
    expect(difference(masked, small)).toBeLessThan(1e-5);
    smaller[name] = small;
  });

  it('predicts the same in Keras after compact', async () => {
    expect(Object.keys(smaller)).toEqual(names);
    for (const worst of await differencesInKeras(Object.values(smaller))) expect(worst).toBeLessThan(1e-5);
  });
});
