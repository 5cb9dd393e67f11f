import * as tf from '@tensorflow/tfjs';
import {PrunableConv2D, PrunableDense, prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {masksOf, outputsOf} from '../support/models';

const denseArgs = {
  units: 4,
  activation: 'relu' as const,
  useBias: true,
  kernelInitializer: 'heNormal' as const,
  biasInitializer: 'ones' as const,
  kernelConstraint: 'maxNorm' as const,
  biasConstraint: 'nonNeg' as const,
  kernelRegularizer: 'l1l2' as const,
  biasRegularizer: 'l1l2' as const,
  inputShape: [3],
  trainable: false,
  name: 'mine',
};
const {units: _, ...common} = denseArgs;
const convArgs = {
  ...common,
  filters: 5,
  kernelSize: [2, 3] as [number, number],
  strides: [2, 1] as [number, number],
  padding: 'same' as const,
  dataFormat: 'channelsLast' as const,
  inputShape: [8, 8, 2],
};

it('prunableDense() accepts the arguments of tf.layers.dense()', () => {
  expect(prunableDense(denseArgs).getConfig()).toEqual(tf.layers.dense(denseArgs).getConfig());
  expect(prunableDense({units: 1}).trainable).toBe(true);
});

it('prunableConv2d() accepts the arguments of tf.layers.conv2d()', () => {
  expect(prunableConv2d(convArgs).getConfig()).toEqual(tf.layers.conv2d(convArgs).getConfig());
});

it('the factories return instances of the exported classes, which are layers of tfjs', () => {
  const [dense, conv] = [prunableDense({units: 1}), prunableConv2d({filters: 1, kernelSize: 1})];
  expect(dense).toBeInstanceOf(PrunableDense);
  expect(conv).toBeInstanceOf(PrunableConv2D);
  expect(dense).toBeInstanceOf(tf.layers.Layer);
  expect(dense).not.toBeInstanceOf(PrunableConv2D);
  expect([dense.getClassName(), conv.getClassName()]).toEqual(['PrunableDense', 'PrunableConv2D']);
});

it('the exported classes are registered, so that their layers load by name', () => {
  const {classNameMap} = tf.serialization.SerializationMap.getMap();
  expect(classNameMap.PrunableDense[0]).toBe(PrunableDense);
  expect(classNameMap.PrunableConv2D[0]).toBe(PrunableConv2D);
});

it('layers without names get unique names', () => {
  const names = [prunableDense({units: 1}), prunableDense({units: 1})].map(({name}) => name);
  expect(new Set(names).size).toBe(2);
});

it('`weights` are the initial values, as in tfjs', () => {
  const weights = () => [tf.tensor2d([[1, 2]]), tf.tensor1d([3, 4])];
  const [masked, plain] = [prunableDense, tf.layers.dense].map((make) =>
    tf.sequential({layers: [make({units: 2, inputShape: [1], weights: weights()})]}),
  );
  expect(outputsOf(masked)).toEqual(outputsOf(plain));
  expect(masksOf(masked)).toEqual([[1, 1]]);
});

it.each([
  ['prunableDense', () => prunableDense({} as never), () => tf.layers.dense({} as never)],
  [
    'prunableConv2d',
    () => prunableConv2d({filters: 2} as never),
    () => tf.layers.conv2d({filters: 2} as never),
  ],
])('%s throws the errors of its plain counterpart', (name, masked, plain) => {
  const messageOf = (make: () => unknown) => {
    try {
      return `made ${make()}`;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(messageOf(masked)).toBe(`${name}: ${messageOf(plain)}`);
});
