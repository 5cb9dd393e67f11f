import * as tf from '@tensorflow/tfjs';
import {encode} from 'tfjs-pruning';
import {load} from 'tfjs-pruning/runtime';
import '../support/cpu';
import {compare, differenceOf, randomize} from './compare';

const {layers} = tf;

type Symbolic = tf.SymbolicTensor;

const merging: Record<string, (args?: never) => tf.layers.Layer> = {
  add: () => layers.add(),
  multiply: () => layers.multiply(),
  average: () => layers.average(),
  maximum: () => layers.maximum(),
  minimum: () => layers.minimum(),
};

const models: Record<string, () => tf.LayersModel> = {
  'several inputs and outputs': () => {
    const [a, b] = [tf.input({shape: [5], name: 'a'}), tf.input({shape: [4, 3], name: 'b'})];
    const flat = layers.flatten().apply(b) as Symbolic;
    const both = layers.concatenate().apply([a, flat]) as Symbolic;
    const first = layers.dense({units: 3, name: 'first'}).apply(both) as Symbolic;
    const second = layers.dense({units: 2, name: 'second', activation: 'softmax'}).apply(first) as Symbolic;
    return tf.model({inputs: [a, b], outputs: [second, first]});
  },
  'a nested model in a nested model, of which one is called twice': () => {
    const inner = tf.sequential({layers: [layers.dense({units: 6, activation: 'relu', inputShape: [6]})]});
    const middle = tf.sequential({layers: [layers.dense({units: 6, inputShape: [6]}), inner]});
    const x = tf.input({shape: [6]});
    const once = middle.apply(x) as Symbolic;
    const twice = middle.apply(once) as Symbolic;
    return tf.model({inputs: x, outputs: layers.add().apply([once, twice]) as Symbolic});
  },
  'a shared layer and a shared activation': () => {
    const [a, b] = [tf.input({shape: [6, 6, 2]}), tf.input({shape: [6, 6, 2]})];
    const conv = layers.conv2d({filters: 4, kernelSize: 3});
    const act = layers.activation({activation: 'relu'});
    const [p, q] = [a, b].map((x) => act.apply(conv.apply(x)) as Symbolic);
    return tf.model({inputs: [a, b], outputs: layers.concatenate({axis: 1}).apply([p, q]) as Symbolic});
  },
  'a residual network': () => {
    const input = tf.input({shape: [12, 12, 3]});
    let x = layers.conv2d({filters: 8, kernelSize: 3, padding: 'same'}).apply(input) as Symbolic;
    for (let i = 0; i < 2; i++) {
      let y = layers.batchNormalization().apply(x) as Symbolic;
      y = layers.reLU().apply(y) as Symbolic;
      y = layers.conv2d({filters: 8, kernelSize: 3, padding: 'same', useBias: false}).apply(y) as Symbolic;
      y = layers.batchNormalization().apply(y) as Symbolic;
      x = layers.add().apply([x, y]) as Symbolic;
    }
    const pooled = layers.globalAveragePooling2d({}).apply(x) as Symbolic;
    return tf.model({
      inputs: input,
      outputs: layers.dense({units: 4, activation: 'softmax'}).apply(pooled) as Symbolic,
    });
  },
  'an output that is an input, and one that others use': () => {
    const x = tf.input({shape: [4]});
    const y = layers.dense({units: 4}).apply(x) as Symbolic;
    const z = layers.activation({activation: 'relu'}).apply(y) as Symbolic;
    return tf.model({inputs: x, outputs: [z, y]});
  },
  'merged inputs of several ranks': () => {
    const [a, b] = [tf.input({shape: [4, 3]}), tf.input({shape: [1, 3]})];
    return tf.model({inputs: [a, b], outputs: layers.multiply().apply([a, b]) as Symbolic});
  },
  'dot products along steps': () => {
    const [a, b] = [tf.input({shape: [4, 3]}), tf.input({shape: [4, 5]})];
    return tf.model({inputs: [a, b], outputs: layers.dot({axes: [1, 1]}).apply([a, b]) as Symbolic});
  },
  'dot products of vectors': () => {
    const [a, b] = [tf.input({shape: [4]}), tf.input({shape: [4]})];
    return tf.model({inputs: [a, b], outputs: layers.dot({axes: -1}).apply([a, b]) as Symbolic});
  },
  'the states of a recurrent layer as those of the next': () => {
    const [a, b] = [tf.input({shape: [4, 3]}), tf.input({shape: [5, 2]})];
    const encoder = layers.lstm({units: 4, returnState: true}).apply(a) as Symbolic[];
    const decoder = layers.lstm({units: 4, returnSequences: true});
    const y = decoder.apply([b, ...encoder.slice(1)]) as Symbolic;
    return tf.model({inputs: [a, b], outputs: y});
  },
  ...Object.fromEntries(
    Object.entries(merging).map(([name, make]) => [
      `${name} of three convolutions`,
      () => {
        const x = tf.input({shape: [5, 6, 2]});
        const all = [1, 2, 3].map(() => layers.conv2d({filters: 3, kernelSize: 3}).apply(x) as Symbolic);
        return tf.model({inputs: x, outputs: make().apply(all) as Symbolic});
      },
    ]),
  ),
  'concatenated convolutions': () => {
    const x = tf.input({shape: [5, 6, 2]});
    const all = [1, 3].map(
      (kernelSize) => layers.conv2d({filters: 3, kernelSize, padding: 'same'}).apply(x) as Symbolic,
    );
    return tf.model({inputs: x, outputs: layers.concatenate().apply([...all, x]) as Symbolic});
  },
};

describe.each(Object.entries(models))('a model with %s', (_, make) => {
  it('predicts as in tfjs', async () => {
    const model = make();
    randomize(model, 0.5);
    expect(await compare(model, [1, 3, 17, 1])).toBeLessThan(1e-5);
    model.dispose();
  });
});

describe('a network with variable lengths', () => {
  it('plans again for images of other sizes', async () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({
          filters: 6,
          kernelSize: 3,
          padding: 'same',
          activation: 'relu',
          inputShape: [null, null, 3] as never,
        }),
        layers.conv2d({filters: 4, kernelSize: 3, strides: 2}),
        layers.globalMaxPooling2d({}),
      ],
    });
    randomize(model, 0.5);
    for (const lengths of [9, 30, 9, 5, 12, 40, 9])
      expect(await compare(model, [1, 2], lengths)).toBeLessThan(1e-5);
  });

  it('plans again for other numbers of steps', async () => {
    const model = tf.sequential({
      layers: [layers.lstm({units: 4, inputShape: [null, 3] as never}), layers.dense({units: 2})],
    });
    randomize(model, 0.5);
    const net = await load(await encode(model));
    for (const steps of [3, 12, 1, 3]) {
      const x = tf.randomNormal([2, steps, 3]);
      const right = (model.predict(x) as tf.Tensor).dataSync<'float32'>();
      const y = net.predict({values: x.dataSync(), shape: x.shape});
      expect(differenceOf(y, right)).toBeLessThan(1e-5);
    }
    expect(() => net.predict(new Float32Array(12))).toThrow(
      /^predict: the input "lstm_LSTM\d+_input" of shape \[any,any,3\] must be \{values, shape\}, as several of its lengths vary$/,
    );
  });
});
