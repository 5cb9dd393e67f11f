import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {byCost, channel, compact, element, graph, prune, report, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {maskedIn, type Network, once, readNetwork, readPrunable} from '../src/model/network';
import {buildGraph, functionalOf} from '../src/model/tfjs';
import {mlp, seeded} from './support/models';

/** A model with a batch norm, whose masks depend on the values of the weights. */
async function normed(): Promise<tf.LayersModel> {
  const input = tf.input({shape: [6, 6, 2]});
  const conv = (filters: number) => tf.layers.conv2d({filters, kernelSize: 3, kernelInitializer: seeded(1)});
  const first = tf.layers.batchNormalization().apply(conv(4).apply(input));
  const second = conv(3).apply(tf.layers.activation({activation: 'relu'}).apply(first));
  const output = tf.layers.dense({units: 2}).apply(tf.layers.flatten().apply(second));
  return prunable(tf.model({inputs: input, outputs: output as tf.SymbolicTensor}));
}

const src = join(__dirname, '..', 'src');

/** Counts the reads of a field of a model by the library, but not by tfjs, nor to pair its configuration with its layers. */
function readsOf(model: tf.LayersModel, field: string): () => number {
  const value = Reflect.get(model, field);
  let count = 0;
  Object.defineProperty(model, field, {
    get: () => {
      const [, , reader = ''] = (new Error().stack ?? '').split('\n');
      if (reader.includes(src) && !reader.includes('configuration.ts')) count++;
      return value;
    },
  });
  return () => count;
}

/** How often a call walks over the layers of a model, and how often it builds the channel graph from its calls. */
async function countsOf(run: (model: tf.LayersModel) => unknown) {
  const model = await normed();
  const [walks, builds] = [readsOf(model, 'layers'), readsOf(model, 'nodesByDepth')];
  await run(model);
  return {walks: walks(), builds: builds()};
}

describe('a call', () => {
  it.each<[name: string, expected: object, run: (model: tf.LayersModel) => unknown]>([
    ['prune, by elements,', {walks: 1, builds: 0}, (model) => prune(model, 0.5)],
    [
      'prune, by elements of named layers,',
      {walks: 1, builds: 0},
      (model) => prune(model, 0.5, {pattern: element(), where: [model.layers[1].name]}),
    ],
    ['prune, by channels,', {walks: 1, builds: 1}, (model) => prune(model, 0.5, {pattern: channel()})],
    [
      'prune, by channels and their costs,',
      {walks: 1, builds: 1},
      (model) => prune(model, 0.5, {pattern: channel(), allocation: byCost()}),
    ],
    ['report', {walks: 1, builds: 0}, report],
    ['graph', {walks: 1, builds: 1}, graph],
    ['strip', {walks: 1, builds: 0}, (model) => strip(model)],
    ['compact', {walks: 1, builds: 1}, (model) => compact(model)],
  ])('of %s walks the model once, and builds the channel graph at most once', async (_, expected, run) => {
    expect(await countsOf(run)).toEqual(expected);
  });
});

describe('a network', () => {
  it('computes the result of a function once', async () => {
    const network = readNetwork('prune', await normed());
    const compute = jest.fn(({weights}: Network) => weights.length);
    expect([once(network, compute), once(network, compute)]).toEqual([3, 3]);
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it('lists the masks of parameters that are pruned with a channel after the weights of their layer', async () => {
    const network = readNetwork('prune', await normed());
    const masked = maskedIn(network);
    expect(masked).toHaveLength(3 + 3 + 2);
    expect(masked.map(({value}) => value.name)).toEqual(
      expect.arrayContaining(network.weights.map(({value}) => value.name)),
    );
  });

  it('makes errors in the name of the function that the user called', () => {
    expect(readNetwork('project', mlp()).refuse('no weight').message).toBe('project: no weight');
    expect(() => readNetwork('project', tf.sequential())).toThrow('project: model');
    const plain = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [1]})]});
    expect(() => readPrunable('project', plain)).toThrow(/^project: model ".*" has no prunable layers/);
  });
});

describe('functionalOf', () => {
  it('is the model inside a Sequential, and a functional model itself', async () => {
    const [sequential, functional] = [mlp(), await normed()];
    buildGraph(sequential);
    expect(functionalOf(functional)).toBe(functional);
    expect(functionalOf(sequential)).not.toBe(sequential);
    expect(functionalOf(sequential).outputs).toEqual(sequential.outputs);
  });
});
