import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {channel, compact, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {describeWith} from '../support/describeWith';
import {imageNetwork, maskAtRandom, stepOf} from '../support/graphs';
import {differencesInKeras} from '../support/inKeras';
import {withoutKeras} from '../support/keras';
import {seeded} from '../support/models';

const {layers} = tf;
type Layer = tf.layers.Layer;

/** Adds a dense layer on both sides, so that pruned channels affect both. */
function around(input: number[], inside: Layer[]): tf.Sequential {
  const ends = (units: number) => ({
    units,
    kernelInitializer: seeded(units),
    biasInitializer: seeded(units + 1),
  });
  const model = tf.sequential({layers: [layers.dense({...ends(6), inputShape: input}), ...inside]});
  if (model.outputs[0].shape.length > 2) model.add(layers.flatten());
  model.add(layers.dense({...ends(5), activation: 'tanh'}));
  model.add(layers.dense({...ends(3), activation: 'softmax'}));
  return model;
}

const bias = {biasInitializer: seeded(7)};
const kernel = {kernelInitializer: seeded(8), ...bias};
const recurrent = {units: 5, recurrentInitializer: seeded(9), ...kernel};
const depthwise = {kernelSize: 2, depthMultiplier: 2, depthwiseInitializer: seeded(10), ...bias};

const kinds: [string, () => tf.LayersModel][] = [
  ['dense', () => around([4], [])],
  ['conv1d', () => around([6, 3], [layers.conv1d({filters: 4, kernelSize: 2, ...kernel})])],
  [
    'conv2d, pooling and batch norm',
    () =>
      around(
        [6, 6, 2],
        [
          layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', ...kernel}),
          layers.maxPooling2d({poolSize: 2}),
          layers.batchNormalization({
            gammaInitializer: seeded(1),
            betaInitializer: seeded(2),
            movingMeanInitializer: seeded(3),
          }),
          layers.conv2d({filters: 4, kernelSize: 2, strides: 2, ...kernel}),
        ],
      ),
  ],
  [
    'conv2d, batch norms without gamma and beta, and a sigmoid',
    () =>
      around(
        [6, 6, 2],
        [
          layers.batchNormalization({scale: false, movingMeanInitializer: seeded(3)}),
          layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', ...kernel}),
          layers.batchNormalization({scale: false, center: false, movingMeanInitializer: seeded(3)}),
          layers.activation({activation: 'sigmoid'}),
          layers.conv2d({filters: 4, kernelSize: 3, padding: 'same', ...kernel}),
        ],
      ),
  ],
  ['conv3d', () => around([3, 3, 3, 2], [layers.conv3d({filters: 4, kernelSize: 2, ...kernel})])],
  [
    'conv2dTranspose',
    () => around([3, 3, 2], [layers.conv2dTranspose({filters: 4, kernelSize: 2, strides: 2, ...kernel})]),
  ],
  [
    'conv3dTranspose',
    () => around([2, 2, 2, 2], [layers.conv3dTranspose({filters: 4, kernelSize: 2, ...kernel}) as Layer]),
  ],
  ['depthwiseConv2d', () => around([4, 4, 2], [layers.depthwiseConv2d(depthwise)])],
  [
    'separableConv2d',
    () =>
      around(
        [4, 4, 2],
        [layers.separableConv2d({...depthwise, filters: 5, pointwiseInitializer: seeded(11)})],
      ),
  ],
  ['simpleRNN', () => around([5, 2], [layers.simpleRNN(recurrent)])],
  ['gru', () => around([5, 2], [layers.gru({...recurrent, returnSequences: true})])],
  [
    'lstm',
    () => around([5, 2], [layers.lstm({...recurrent, returnSequences: true}), layers.lstm(recurrent)]),
  ],
  [
    'convLstm2d',
    () => around([3, 4, 4, 2], [layers.convLstm2d({filters: 3, kernelSize: 2, ...kernel}) as Layer]),
  ],
  [
    'bidirectional',
    () =>
      around(
        [5, 2],
        [layers.bidirectional({layer: layers.lstm(recurrent) as never, mergeMode: 'concat'} as never)],
      ),
  ],
  [
    'timeDistributed',
    () => around([5, 2], [layers.timeDistributed({layer: layers.dense({units: 4, ...kernel})})]),
  ],
  [
    'embedding',
    () =>
      tf.sequential({
        layers: [
          layers.embedding({inputDim: 7, outputDim: 4, inputLength: 5, embeddingsInitializer: seeded(12)}),
          layers.lstm(recurrent),
          layers.dense({units: 2, ...kernel}),
        ],
      }),
  ],
];

/** Networks of random layers on images, from fixed seeds. */
const random = fc
  .sample(fc.array(stepOf, {minLength: 5, maxLength: 12}), {numRuns: 10, seed: 4})
  .map((steps, i): [string, () => tf.LayersModel] => [
    `random network ${i}`,
    () => imageNetwork(steps, i % 2 === 0),
  ]);

/** The shipped forms of a model: stripped, or without its pruned channels. */
async function shipped(model: tf.LayersModel, seed: number, how: typeof strip): Promise<tf.LayersModel> {
  const masked = await prunable(model);
  if (seed < kinds.length) await prune(masked, 0.4, how === strip ? {} : {pattern: channel()});
  else maskAtRandom(masked, seed, 0.4);
  return how(masked);
}

describeWith(withoutKeras(), 'a model of tfjs in Keras', () => {
  const cases = [...kinds, ...random].flatMap(([name, make], i) =>
    ([strip, compact] as const).map((how) => ({
      name: `${name}, ${how.name}`,
      make: () => shipped(make(), i, how),
    })),
  );
  let differences: (number | string)[];

  beforeAll(async () => {
    const models: tf.LayersModel[] = [];
    for (const {make} of cases) models.push(await make());
    differences = await differencesInKeras(models);
  }, 300_000);

  it.each(cases.map(({name}, i) => [name, i] as const))('predicts the same to 1e-5: %s', (_, i) => {
    expect(differences[i]).toBeLessThan(1e-5);
  });
});
