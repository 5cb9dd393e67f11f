import * as tf from '@tensorflow/tfjs';
import {prunable} from 'tfjs-pruning/layers';
import {graphArtifacts, type Node} from './graphModel';

/** The values that the pages of docs announce, by name. */
export async function snippetValues(): Promise<Record<string, unknown>> {
  const seed = (value: number) => ({kernelInitializer: tf.initializers.glorotNormal({seed: value})});
  const dense = tf.sequential({
    layers: [
      tf.layers.dense({units: 20, inputShape: [4], activation: 'relu', ...seed(1)}),
      tf.layers.dense({units: 3, activation: 'softmax', ...seed(2)}),
    ],
  });
  const model = await prunable(dense);
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const x = tf.randomNormal([32, 4], 0, 1, 'float32', 1);
  const y = tf.oneHot(tf.argMax(x.slice([0, 0], [32, 3]), 1), 3).toFloat();
  return {dense, model, x, y, validationData: [x, y], ...(await graphValues())};
}

/** The names of docs/graph-models.md: a classifier with a residual block as a graph model, and inputs. */
async function graphValues(): Promise<Record<string, unknown>> {
  const weights = {
    first: tf.randomNormal([4, 8]),
    inner: tf.randomNormal([8, 8]),
    last: tf.randomNormal([8, 3]),
  };
  const product = (name: string, x: string, w: string): Node => [
    name,
    'MatMul',
    [x, w],
    {T: {type: 'DT_FLOAT'}},
  ];
  const steps: Node[] = [
    ...[product('h', 'x', 'first'), ['relu', 'Relu', ['h']] as Node, product('branch', 'relu', 'inner')],
    ...[['sum', 'AddV2', ['relu', 'branch']] as Node, product('logits', 'sum', 'last')],
    ['y', 'Softmax', ['logits']],
  ];
  const url = tf.io.fromMemory(await graphArtifacts([-1, 4], steps, weights));
  const photos = tf.randomNormal([32, 4]);
  return {url, graphModel: await tf.loadGraphModel(url), photos, anyTargets: tf.zeros([32, 3])};
}
