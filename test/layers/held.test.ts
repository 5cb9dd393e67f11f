import * as tf from '@tensorflow/tfjs';
import {channel, prunableWeights, prune, report, strip} from 'tfjs-pruning';
import {prunable, prunableDense, prunableLstm} from 'tfjs-pruning/layers';
import '../support/cpu';
import {expectNoLeakedTensors} from '../support/memory';
import {masksOf, outputsOf} from '../support/models';
import {saveAndLoad} from '../support/saving';

const {layers} = tf;

/** A layer, its input shape, and the name and the multiplications per element of each weight. */
const rows: [title: string, make: () => tf.layers.Layer, input: number[], weights: Record<string, number>][] =
  [
    [
      'the layer of a TimeDistributed',
      () => layers.timeDistributed({name: 'each', layer: layers.dense({units: 3})}),
      [5, 4],
      {'each/kernel': 5},
    ],
    [
      'a convolution in a TimeDistributed',
      () => layers.timeDistributed({name: 'each', layer: layers.conv2d({filters: 2, kernelSize: 2})}),
      [5, 4, 4, 1],
      {'each/kernel': 45},
    ],
    [
      'both directions of a Bidirectional',
      () =>
        layers.bidirectional({
          name: 'both',
          layer: layers.lstm({name: 'lstm', units: 3}) as never,
          mergeMode: 'concat',
        }),
      [5, 4],
      {
        'both/forward_lstm/kernel': 5,
        'both/forward_lstm/recurrentKernel': 5,
        'both/backward_lstm/kernel': 5,
        'both/backward_lstm/recurrentKernel': 5,
      },
    ],
    [
      'the cell of an RNN',
      () => layers.rnn({name: 'rnn', cell: layers.gruCell({units: 3})}),
      [5, 4],
      {'rnn/kernel': 5, 'rnn/recurrentKernel': 5},
    ],
    [
      'the cells of a stack',
      () =>
        layers.rnn({
          name: 'rnn',
          cell: [layers.gruCell({name: 'one', units: 3}), layers.lstmCell({name: 'two', units: 2})],
        }),
      [5, 4],
      {
        'rnn/one/kernel': 5,
        'rnn/one/recurrentKernel': 5,
        'rnn/two/kernel': 5,
        'rnn/two/recurrentKernel': 5,
      },
    ],
  ];

describe.each(rows)('%s', (_, make, input, weights) => {
  const model = () => {
    const x = tf.input({shape: input});
    return tf.model({inputs: x, outputs: make().apply(x) as tf.SymbolicTensor});
  };

  it('gets masks with the same outputs of the model', async () => {
    const plain = model();
    const copy = await prunable(plain);
    expect(outputsOf(copy)).toEqual(outputsOf(plain));
    const rows = report(copy).weights;
    expect(Object.fromEntries(rows.map(({name, macs, size}) => [name, macs / size]))).toEqual(weights);
    expect(report(copy).skipped).toEqual([]);
    const [layer] = Object.keys(weights)[0].split('/');
    expect(new Set(rows.map((row) => row.layer))).toEqual(new Set([layer]));
  });

  it('is pruned, saved, loaded and stripped', async () => {
    const copy = await prunable(model());
    await prune(copy, 0.5);
    const outputs = outputsOf(copy);
    const loaded = await saveAndLoad(copy);
    expect(masksOf(loaded)).toEqual(masksOf(copy));
    expect(outputsOf(loaded)).toEqual(outputs);
    const plain = await strip(copy);
    expect(outputsOf(plain)).toEqual(outputs);
    expect(() => prunableWeights(plain)).toThrow('no prunable layers');
    expect(outputsOf(await saveAndLoad(plain))).toEqual(outputs);
  });

  it('leaks no tensors', async () => {
    const plain = model();
    const x = tf.ones([2, ...input]);
    await expectNoLeakedTensors(async () => {
      const copy = await prunable(plain);
      outputsOf(copy, x);
      copy.dispose();
    });
  });
});

it('channel() keeps or prunes all gates of a recurrent unit together', async () => {
  const model = tf.sequential({
    layers: [
      prunableLstm({units: 4, inputShape: [3, 2]}),
      tf.layers.dense({units: 1, kernelInitializer: 'ones'}),
    ],
  });
  await prune(model, 0.5, {pattern: channel()});
  for (const {mask} of prunableWeights(model)) {
    const rows = (mask.arraySync() as number[][]).map((row) => row.map(Number));
    const units = rows[0].slice(0, 4);
    expect(units.reduce((sum, bit) => sum + bit)).toBe(2);
    for (const row of rows) {
      expect(row).toEqual([...units, ...units, ...units, ...units]);
    }
  }
});

it('a recurrent layer multiplies by its masks once for any number of steps', async () => {
  const products = async (steps: number) => {
    const model = tf.sequential({layers: [prunableLstm({units: 2, inputShape: [steps, 2]})]});
    await prune(model, 0.5);
    const x = tf.ones([1, steps, 2]);
    // The first call also copies the masks.
    model.predict(x);
    const {kernels} = await tf.profile(() => model.predict(x) as tf.Tensor);
    const shape = '2,8';
    return kernels.filter(({name, outputShapes}) => name === 'Multiply' && `${outputShapes[0]}` === shape)
      .length;
  };
  expect(await products(2)).toBe(2);
  expect(await products(7)).toBe(2);
});

it('a layer without masked weights does not multiply by its masks', async () => {
  const model = tf.sequential({layers: [prunableDense({units: 3, inputShape: [2]})]});
  const x = tf.ones([1, 2]);
  const products = async () => {
    // The first call also copies the masks.
    model.predict(x);
    const {kernelNames} = await tf.profile(() => model.predict(x) as tf.Tensor);
    return kernelNames.includes('Multiply');
  };
  expect(await products()).toBe(false);
  await prune(model, 0.5);
  expect(await products()).toBe(true);
});
