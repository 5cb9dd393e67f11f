import * as tf from '@tensorflow/tfjs';
import {graph} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures} from '../support/architectures';

type Symbolic = tf.SymbolicTensor;
const apply = (one: tf.layers.Layer, input: Symbolic | Symbolic[]) => one.apply(input) as Symbolic;
const {layers} = tf;

/** A convolution with a residual block, and a dense layer after both. */
function residual(): tf.LayersModel {
  const conv = (name: string, filters: number) =>
    layers.conv2d({name, filters, kernelSize: 3, padding: 'same', useBias: false});
  const input = tf.input({shape: [4, 4, 1], name: 'input'});
  const start = apply(conv('start', 6), input);
  const inside = apply(
    layers.batchNormalization({name: 'norm', scale: false}),
    apply(conv('first', 5), start),
  );
  const sum = apply(layers.add({name: 'sum'}), [start, apply(conv('second', 6), inside)]);
  const flat = apply(layers.flatten({name: 'flat'}), sum);
  return tf.model({inputs: input, outputs: apply(layers.dense({units: 2, name: 'out'}), flat)});
}

it('graph(model).toString() shows each group and its cascade', () => {
  expect(graph(residual()).toString().split('\n')).toEqual([
    '1 channel, pinned by input: it is an input of the model',
    '  input passes it',
    '  start/kernel consumes it along axis 2',
    '6 channels',
    '  start/kernel produces it along axis 3',
    '  first/kernel consumes it along axis 2',
    '  second/kernel produces it along axis 3',
    '  sum passes it',
    '  flat passes 16 of it',
    '  out/kernel consumes 16 of it along axis 0',
    '5 channels',
    '  first/kernel produces it along axis 3',
    '  norm/beta has it along axis 0',
    '  norm/movingMean has it along axis 0',
    '  norm/movingVariance has it along axis 0',
    '  second/kernel consumes it along axis 2',
    '2 channels, pinned by out: it is an output of the model',
    '  out/kernel produces it along axis 1',
    '  out/bias produces it along axis 0',
  ]);
});

it('graph() lists groups of a concatenation side by side', () => {
  const input = tf.input({shape: [3]});
  const branches = [2, 4].map((units) =>
    apply(layers.dense({units, name: `of${units}`, useBias: false}), input),
  );
  const model = tf.model({
    inputs: input,
    outputs: apply(layers.dense({units: 1, name: 'out'}), apply(layers.concatenate(), branches)),
  });
  const groups = graph(model).groups.filter(({pinned}) => pinned === undefined);
  expect(groups.map(({channels, members}) => [channels, members[0].name, members.at(-1)?.name])).toEqual([
    [2, 'of2/kernel', 'out/kernel'],
    [4, 'of4/kernel', 'out/kernel'],
  ]);
});

it.each(architectures)('graph() counts the channels of %s, with and without masks alike', async (_, make) => {
  const plain = make();
  const masked = await prunable(plain);
  const counts = (model: tf.LayersModel) =>
    graph(model).groups.map(({channels, members}) => [channels, members.length]);
  expect(counts(masked)).toEqual(counts(plain));
  expect(counts(plain).length).toBeGreaterThan(1);
});

it('graph() throws for a model that is not built', () => {
  expect(() => graph(tf.sequential({name: 'unbuilt'}))).toThrow('graph: model "unbuilt" is not built');
  expect(() => graph(3 as never)).toThrow('graph: expected a tf.LayersModel, got 3');
});
