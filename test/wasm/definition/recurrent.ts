import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import type {Case} from './cases';
import {at, broadcast, map, type Nd, nd} from './nd';
import {product} from './vectors';

const {layers} = tf;

const hardSigmoid = (x: number) => Math.max(0, Math.min(1, 0.2 * x + 0.5));
const add = (...arrays: Nd[]) => broadcast(arrays, (values) => values.reduce((sum, value) => sum + value));
const multiply = (a: Nd, b: Nd) => broadcast([a, b], ([one, other]) => one * other);
/** The columns of one gate in a matrix or a bias. */
const part = (of: Nd, which: number, units: number) =>
  nd([...of.shape.slice(0, -1), units], (index) =>
    at(of, [...index.slice(0, -1), which * units + index[index.length - 1]]),
  );

/** The states after a step; the first is the output. */
type Step = (x: Nd, state: Nd[], weights: Nd[], units: number) => Nd[];

const simple: Step = (x, [h], [kernel, recurrent, bias]) => [
  map(add(product(x, kernel, bias), product(h, recurrent)), Math.tanh),
];

const gru: Step = (x, [h], [kernel, recurrent, bias], units) => {
  const input = product(x, kernel, bias);
  const gate = (which: number) =>
    map(add(part(input, which, units), product(h, part(recurrent, which, units))), hardSigmoid);
  const [update, reset] = [gate(0), gate(1)];
  const candidate = map(
    add(part(input, 2, units), product(multiply(reset, h), part(recurrent, 2, units))),
    Math.tanh,
  );
  return [
    add(
      multiply(update, h),
      multiply(
        map(update, (value) => 1 - value),
        candidate,
      ),
    ),
  ];
};

const lstm: Step = (x, [h, c], [kernel, recurrent, bias], units) => {
  const all = add(product(x, kernel, bias), product(h, recurrent));
  const gate = (which: number) => map(part(all, which, units), hardSigmoid);
  const candidate = map(part(all, 2, units), Math.tanh);
  const cell = add(multiply(gate(1), c), multiply(gate(0), candidate));
  return [multiply(gate(3), map(cell, Math.tanh)), cell];
};

/** A recurrent layer; steps that the mask of a sequence excludes do not change its state. */
function recurring(make: typeof layers.simpleRNN, step: Step, states: number): fc.Arbitrary<Case> {
  return fc
    .record({
      shape: fc.tuple(between(1, 3), between(1, 4), between(1, 3)),
      units: between(1, 4),
      goBackwards: fc.boolean(),
      returnSequences: fc.boolean(),
      bits: fc.nat(2 ** 12 - 1),
    })
    .map(({shape, bits, ...config}) => {
      const [batch, length, channels] = shape;
      const mask = nd([batch, length], ([b, time]) => (bits >> (4 * b + time)) & 1);
      return {
        config: {...config, mask: [...mask.values]},
        inputs: [shape],
        layer: () => make(config as Parameters<typeof layers.simpleRNN>[0]),
        // As floats, the type in which tfjs passes masks on.
        mask: () => tf.tensor([...mask.values], [batch, length]),
        define: ([x], weights) => {
          let state = Array.from({length: states}, () => nd([batch, config.units], () => 0));
          const outputs = Array.from({length}, (_, i) => {
            const time = config.goBackwards ? length - 1 - i : i;
            const now = nd([batch, channels], ([b, c]) => at(x, [b, time, c]));
            const next = step(now, state, weights, config.units);
            state = next.map((after, k) =>
              map(after, (value, [b, unit]) => (at(mask, [b, time]) ? value : at(state[k], [b, unit]))),
            );
            return state[0];
          });
          return config.returnSequences
            ? nd([batch, length, config.units], ([b, i, unit]) => at(outputs[i], [b, unit]))
            : state[0];
        },
        // The gradient of a single step throws in tfjs.
        trains: length > 1,
      };
    });
}

export const simpleRnn = recurring(layers.simpleRNN, simple, 1);
export const gatedRecurrent = recurring(layers.gru as typeof layers.simpleRNN, gru, 1);
export const longShortTerm = recurring(layers.lstm as typeof layers.simpleRNN, lstm, 2);
