import * as tf from '@tensorflow/tfjs';
import {ship} from 'tfjs-pruning';
import {load} from 'tfjs-pruning/runtime';
import {evaluate} from '../../test/ship/evaluate';
import type {Feeds} from './outputs';

type Numbers = Float32Array;

/** The outputs that the runtime predicts by the file of a model. */
export async function outputsOfRuntime(bytes: Uint8Array, feeds: Feeds): Promise<tf.Tensor[]> {
  const net = await load(bytes);
  const given = await Promise.all(
    Object.values(feeds).map(async (x) => ({values: Float32Array.from(await x.data()), shape: x.shape})),
  );
  const named = Object.fromEntries(given.map((one, i) => [net.inputs[i].name, one]));
  const found = net.predict<Numbers | Record<string, Numbers>>(given.length === 1 ? given[0] : named);
  const outputs = tensorsOf(found);
  net.dispose();
  return outputs;
}

/** The outputs that the shipped module of a model predicts. */
export async function outputsOfModule(model: tf.LayersModel, feeds: Feeds): Promise<tf.Tensor[]> {
  const {inputs, predict} = evaluate(await ship(model));
  const given = await Promise.all(Object.values(feeds).map(async (x) => Float32Array.from(await x.data())));
  const named = Object.fromEntries(given.map((one, i) => [inputs[i].name, one]));
  return tensorsOf(predict(given.length === 1 ? given[0] : named));
}

const tensorsOf = (found: Numbers | Record<string, Numbers>): tf.Tensor[] =>
  (found instanceof Float32Array ? [found] : Object.values(found)).map((values) => tf.tensor1d(values));
