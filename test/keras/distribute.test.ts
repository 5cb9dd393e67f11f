import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {compact, global, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {readModel} from '../../bin/modelFiles';
import {folder} from '../../demo/node/files';
import {describeWith} from '../support/describeWith';
import {python, withoutKeras} from '../support/keras';
import {seeded} from '../support/models';
import {writeNpy} from '../support/npy';

const {layers} = tf;

/** Images with a bar in one of three positions, and the position. */
function bars(count: number): [tf.Tensor, tf.Tensor] {
  return tf.tidy(() => {
    const places = tf.cast(tf.floor(tf.randomUniform([count], 0, 3, 'float32', 4)), 'int32') as tf.Tensor1D;
    const rows = tf.reshape(tf.gather(tf.oneHot(tf.tensor1d([1, 3, 5], 'int32'), 8), places), [
      count,
      1,
      8,
      1,
    ]);
    const x = tf.add(tf.randomNormal([count, 8, 8, 1], 0, 0.3, 'float32', 5), rows);
    return [x, tf.cast(tf.oneHot(places, 3), 'float32')];
  });
}

function network(): tf.LayersModel {
  return tf.sequential({
    layers: [
      layers.conv2d({filters: 6, kernelSize: 3, inputShape: [8, 8, 1], kernelInitializer: seeded(1)}),
      layers.batchNormalization(),
      layers.reLU(),
      layers.maxPooling2d({poolSize: 2}),
      layers.flatten(),
      layers.dense({units: 10, activation: 'relu', kernelInitializer: seeded(2)}),
      layers.dense({units: 3, activation: 'softmax', kernelInitializer: seeded(3)}),
    ],
  });
}

function accuracy(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor): number {
  const right = () => tf.mean(tf.equal(tf.argMax(model.predict(x) as tf.Tensor, 1), tf.argMax(y, 1)));
  return tf.tidy(() => right().dataSync()[0]);
}

const zerosOf = (model: tf.LayersModel) =>
  model
    .getWeights()
    .flatMap((weight) => (weight.rank > 1 ? [...weight.dataSync()].map((value) => value === 0) : []));

/** A folder with a pruned model and examples for scripts/distribute.py. */
async function prepare(ship: typeof strip) {
  const root = mkdtempSync(join(tmpdir(), 'distribute-'));
  const [x, y] = bars(256);
  const masked = await prunable(network());
  await prune(masked, 0.6, {allocation: global()});
  const model = await ship(masked);
  await model.save(folder(root));
  writeNpy(join(root, 'x.npy'), x);
  writeNpy(join(root, 'y.npy'), y);
  const files = ['model.json', 'x.npy', 'y.npy', 'out'].map((name) => join(root, name));
  const args = [...files, '--batch-size', '32', '--learning-rate', '0.01'];
  const loadBack = async () =>
    tf.loadLayersModel(tf.io.fromMemory((await readModel(join(root, 'out', 'model.json'))).artifacts));
  return {model, x, y, args, loadBack};
}

/** Free ports of this machine. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({length: count}, async () => {
      const server = createServer().listen(0);
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  return ports;
}

describeWith(withoutKeras(), 'scripts/distribute.py', () => {
  it.each([
    ['strip', strip],
    ['compact', compact],
  ])(
    'trains the result of %s on two replicas, improves it, and keeps its sparsity',
    async (_, ship) => {
      const {model, x, y, args, loadBack} = await prepare(ship);
      const told = await python('scripts/distribute.py', [...args, '--epochs', '30', '--split-cpu', '2']);
      expect(told).toMatch(/^2 replicas$/m);
      expect(told).toMatch(/^sparsity (0\.\d+) before, \1 after$/m);
      const back = await loadBack();
      expect(zerosOf(model).filter(Boolean).length).toBeGreaterThan(50);
      expect(zerosOf(back)).toEqual(zerosOf(model));
      expect(accuracy(model, x, y)).toBeLessThan(0.8);
      expect(accuracy(back, x, y)).toBeGreaterThan(0.9);
    },
    240_000,
  );

  it('trains with another worker, and the first one saves the model', async () => {
    const {model, args, loadBack} = await prepare(strip);
    const worker = (await freePorts(2)).map((port) => `localhost:${port}`);
    const told = await Promise.all(
      worker.map((_, index) =>
        python('scripts/distribute.py', args, {
          TF_CONFIG: JSON.stringify({cluster: {worker}, task: {type: 'worker', index}}),
        }),
      ),
    );
    for (const text of told) expect(text).toMatch(/^2 replicas$[\s\S]*^sparsity (0\.\d+) before, \1 after$/m);
    const back = await loadBack();
    expect(zerosOf(back)).toEqual(zerosOf(model));
    expect(back.getWeights()[0].dataSync()).not.toEqual(model.getWeights()[0].dataSync());
  }, 240_000);
});
