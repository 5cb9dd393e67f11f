import * as tf from '@tensorflow/tfjs';
import {measure} from 'tfjs-pruning';
import {prunableConv2d, prunableDense, prunableLstm, prunableSeparableConv2d} from 'tfjs-pruning/layers';
import {
  activeShare,
  inputNorm,
  maxOutput,
  meanAbsGradient,
  meanAbsOutput,
  meanGradient,
  meanOutput,
  meanSquareGradient,
  outputHistogram,
  outputTimesGradient,
  type Statistic,
  weightTimesGradient,
} from 'tfjs-pruning/statistics';
import {expectNoLeakedTensors} from '../support/memory';
import {oneDense} from '../support/models';

// y = x · w with two units; the loss is the mean squared distance to 0, over examples and units.
const kernel = [
  [1, -2],
  [0, 3],
];
const x = tf.tensor2d([
  [1, 0],
  [1, 1],
  [0, 2],
  [-1, 0],
]);
// The outputs are [1, −2], [1, 1], [0, 6], [−1, 2].
const y = tf.zeros([4, 2]);

async function measured(needs: Statistic[], options = {}): Promise<Record<string, number[]>> {
  const model = oneDense(kernel);
  model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
  const statistics = await measure(model, x, y, {needs, ...options});
  model.dispose();
  const [[name, found], ...others] = statistics;
  expect([name, others]).toEqual(['only/kernel', []]);
  return Object.fromEntries(Object.entries(found).map(([key, values]) => [key, Array.from(values)]));
}

// In two batches of two, ∂L/∂w = xᵀ · o / 2: [[1, −0.5], [0.5, 0.5]], then [[0.5, −1], [0, 6]].
it.each([
  ['meanGradient', meanGradient, [0.75, -0.75, 0.25, 3.25]],
  ['meanAbsGradient', meanAbsGradient, [0.75, 0.75, 0.25, 3.25]],
  ['meanSquareGradient', meanSquareGradient, [0.625, 0.625, 0.125, 18.125]],
  ['weightTimesGradient', weightTimesGradient, [1.5, 3, 0, 19.5]],
  ['meanOutput', meanOutput, [0.25, 1.75]],
  ['meanAbsOutput', meanAbsOutput, [0.75, 2.75]],
  ['activeShare', activeShare, [0.75, 1]],
  ['maxOutput', maxOutput, [1, 6]],
  // Σ o² / 2: 1 and 2.5 in the first batch, 0.5 and 20 in the second.
  ['outputTimesGradient', outputTimesGradient, [1.5, 22.5]],
  ['inputNorm', inputNorm, [Math.sqrt(3), Math.sqrt(5)]],
])('measure() returns %s', async (name, statistic, expected) => {
  const found = await measured([statistic], {batchSize: 2});
  expect(Object.keys(found)).toEqual([name]);
  for (const [i, value] of found[name].entries()) expect(value).toBeCloseTo(expected[i], 5);
});

it('measure() returns several statistics together', async () => {
  expect(await measured([meanOutput, maxOutput, inputNorm])).toEqual({
    meanOutput: [0.25, 1.75],
    maxOutput: [1, 6],
    inputNorm: [expect.closeTo(Math.sqrt(3)), expect.closeTo(Math.sqrt(5))],
  });
});

it('a histogram has the range of the layer in its first batch, and counts every eighth batch', async () => {
  // From −2 to 6 in bins of 4; between two bins, at 2, counts in the lower.
  expect(await measured([outputHistogram(2)])).toEqual({'outputHistogram/2': [4, 3, 0, 1]});
  expect(await measured([outputHistogram(2)], {batchSize: 1})).toEqual({'outputHistogram/2': [0, 1, 1, 0]});
});

it('a histogram counts all outputs of a constant layer in the first bin', async () => {
  const model = oneDense([[0, 0]]);
  const statistics = await measure(model, tf.ones([3, 1]), undefined, {needs: [outputHistogram(4)]});
  expect(Array.from(statistics.get('only/kernel')?.['outputHistogram/4'] ?? [])).toEqual([
    3, 3, 0, 0, 0, 0, 0, 0,
  ]);
});

it('measure() uses the given number of batches, and decays earlier ones', async () => {
  expect(await measured([meanOutput], {batchSize: 1, batches: 2})).toEqual({meanOutput: [1, -0.5]});
  // (−2 · 0.5 + 1) / 1.5
  expect((await measured([meanOutput], {batchSize: 1, batches: 2, decay: 0.5})).meanOutput[1]).toBeCloseTo(0);
});

it('measure() needs targets and a compiled model only for gradients', async () => {
  const model = oneDense(kernel);
  expect(await measure(model, x, undefined, {needs: [meanOutput]})).toEqual(
    new Map([['only/kernel', {meanOutput: Float32Array.of(0.25, 1.75)}]]),
  );
  const needs = [meanAbsGradient];
  await expect(measure(model, x, y, {needs})).rejects.toThrow(
    /measure: model "sequential_\d+\w*" has no loss; compile/,
  );
  model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
  await expect(measure(model, x, undefined, {needs})).rejects.toThrow('which require targets; give y');
});

it('measure() measures a frozen layer, which remains frozen', async () => {
  const model = oneDense(kernel);
  model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
  // After compile, in which a Sequential makes the variables of frozen layers trainable again.
  model.layers[0].trainable = false;
  const trainable = () => model.layers[0].weights.map((weight) => (weight.read() as tf.Variable).trainable);
  const before = trainable();
  const statistics = await measure(model, x, y, {needs: [meanAbsGradient]});
  expect(statistics.get('only/kernel')?.meanAbsGradient).toHaveLength(4);
  expect(model.trainableWeights).toEqual([]);
  expect(before).toContain(false);
  expect(trainable()).toEqual(before);
});

it('measure() finds the channels of either data format', async () => {
  const kernelInitializer = tf.initializers.randomNormal({seed: 1});
  const input = tf.randomNormal([2, 4, 4, 3], 0, 1, 'float32', 1) as tf.Tensor4D;
  const found = [];
  for (const dataFormat of ['channelsLast', 'channelsFirst'] as const) {
    const last = dataFormat === 'channelsLast';
    const model = tf.sequential({
      layers: [
        prunableConv2d({
          filters: 2,
          kernelSize: 3,
          dataFormat,
          kernelInitializer,
          name: 'only',
          inputShape: last ? [4, 4, 3] : [3, 4, 4],
        }),
      ],
    });
    const given = last ? input : tf.transpose(input, [0, 3, 1, 2]);
    const [values] = (await measure(model, given, undefined, {needs: [meanAbsOutput]})).values();
    found.push(Array.from(values.meanAbsOutput));
  }
  expect(found[1]).toEqual(found[0].map((value) => expect.closeTo(value, 5)));
});

it('measure() observes the cell of an LSTM, at the given steps', async () => {
  const args = {units: 3, kernelInitializer: tf.initializers.randomNormal({seed: 2})};
  const model = tf.sequential({layers: [prunableLstm({...args, returnSequences: true, inputShape: [5, 2]})]});
  const sequences = tf.randomNormal([4, 5, 2], 0, 1, 'float32', 3);
  const outputs = model.predict(sequences) as tf.Tensor;
  const means = (from: number, to: number) =>
    Array.from(tf.mean(tf.slice(outputs, [0, from, 0], [-1, to - from, -1]), [0, 1]).dataSync()).map(
      (value) => expect.closeTo(value, 5),
    );
  for (const [options, from, to] of [
    [{}, 0, 5],
    [{steps: [2, 4] as const}, 2, 4],
  ] as const) {
    const statistics = await measure(model, sequences, undefined, {needs: [meanOutput], ...options});
    expect([...statistics.values()].map(({meanOutput}) => Array.from(meanOutput))).toEqual([
      means(from, to),
      means(from, to),
    ]);
  }
});

it('the gradient by the output of a cell includes its effect on later steps', async () => {
  const model = tf.sequential({layers: [prunableLstm({units: 3, inputShape: [5, 2]})]});
  model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
  const statistics = await measure(model, tf.randomNormal([4, 5, 2]), tf.zeros([4, 3]), {
    needs: [outputTimesGradient],
    steps: [0, 2],
  });
  for (const {outputTimesGradient} of statistics.values()) expect(outputTimesGradient).not.toContain(0);
});

it('measure() has no outputs for weights whose output stays inside the layer', async () => {
  const model = tf.sequential({
    layers: [prunableSeparableConv2d({filters: 3, kernelSize: 3, inputShape: [6, 6, 3], name: 'only'})],
  });
  const statistics = await measure(model, tf.ones([1, 6, 6, 3]), undefined, {needs: [meanOutput]});
  expect([...statistics.keys()]).toEqual(['only/pointwiseKernel']);
});

it('measure() leaves the model and its moving statistics unchanged, and leaks no tensors', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 3, inputShape: [2]}),
      tf.layers.batchNormalization(),
      tf.layers.dropout({rate: 0.5}),
      prunableDense({units: 2}),
    ],
  });
  model.compile({loss: 'meanSquaredError', optimizer: 'adam'});
  const before = model.getWeights().map((weight) => weight.dataSync());
  const calls = model.layers.map(({call}) => call);
  await expectNoLeakedTensors(async () => {
    await measure(model, x, y, {
      needs: [meanAbsGradient, outputTimesGradient, outputHistogram(4), inputNorm],
    });
  });
  expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before);
  expect(model.layers.map(({call}) => call)).toEqual(calls);
});

it.each([
  [{needs: undefined}, 'measure: needs must list statistics, as taylor().needs does, got undefined'],
  [{needs: []}, 'got an array of 0'],
  [{needs: [meanOutput], batchSize: 0}, 'measure: batchSize must be a whole number from 1, got 0'],
  [{needs: [meanOutput], batches: 1.5}, 'measure: batches must be a whole number from 1, got 1.5'],
  [{needs: [meanOutput], decay: 0}, 'measure: decay must be a number above 0 and at most 1, got 0'],
  [{needs: [meanOutput], steps: [3, 3]}, 'with 0 <= from < to, got [3,3]'],
  [{needs: [meanOutput], epochs: 1}, 'measure: unknown option "epochs"'],
])('measure() rejects %p', async (options, message) => {
  await expect(measure(oneDense(kernel), x, y, options as never)).rejects.toThrow(message);
});

it('measure() rejects data with different numbers of examples', async () => {
  const options = {needs: [meanOutput]};
  const model = oneDense(kernel);
  await expect(measure(model, tf.zeros([0, 2]), undefined, options)).rejects.toThrow(
    'the same number of examples, got 0',
  );
  await expect(measure(model, x, tf.zeros([3, 2]), options)).rejects.toThrow('got 4 and 3');
  await expect(measure(model, [[1, 2]] as never, undefined, options)).rejects.toThrow(
    'x and y must be tensors',
  );
});
