import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {buildSync} from 'esbuild';
import {encode} from 'tfjs-pruning';
import {load} from 'tfjs-pruning/runtime';
import {encodeArtifacts} from 'tfjs-pruning/storage';
import '../support/cpu';
import {artifactsOf} from '../support/saving';
import {differenceOf, randomize} from './compare';

const {layers} = tf;

function dense(): tf.Sequential {
  const model = tf.sequential({layers: [layers.dense({units: 2, inputShape: [3], name: 'scores'})]});
  model.setWeights([tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), tf.tensor1d([0.5, -0.5])]);
  return model;
}

describe('load', () => {
  it('takes the bytes of a file, a response and a URL', async () => {
    const bytes = await encode(dense());
    const url = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
    for (const source of [bytes, bytes.buffer, new Response(bytes), url, new URL(url)]) {
      const net = await load(source);
      expect([...net.predict(Float32Array.of(1, 0, 2))]).toEqual([11.5, 13.5]);
    }
  });

  it('imports nothing', () => {
    const entryPoints = [join(__dirname, '../../src/runtime/index.ts')];
    const {metafile} = buildSync({entryPoints, bundle: true, format: 'esm', write: false, metafile: true});
    expect(Object.values(metafile.outputs).flatMap(({imports}) => imports)).toEqual([]);
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([]);
  });

  it('refuses what it does not support by the name of the layer', async () => {
    class Doubled extends tf.layers.Layer {
      static className = 'RuntimeDoubled';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul([inputs].flat()[0], 2);
      }
    }
    tf.serialization.registerClass(Doubled);
    const refusal = async (...all: tf.layers.Layer[]) => {
      const model = tf.sequential({
        layers: [layers.reshape({targetShape: [4, 3], inputShape: [12]}), ...all],
      });
      return load(await encode(model)).then(
        () => 'loaded',
        ({message}: Error) => message,
      );
    };
    expect(await refusal(new Doubled({name: 'twice'}))).toBe(
      'load: the layer "twice" (RuntimeDoubled): this class of layers is not supported',
    );
    expect(await refusal(layers.dense({units: 2}))).toBe('loaded');
  });

  it('refuses a file that is damaged, a graph model and other values', async () => {
    const bytes = await encode(dense());
    await expect(load(bytes.slice(0, -1))).rejects.toThrow(
      /^load: cannot read the file: it has \d+ bytes, but declares/,
    );
    await expect(load(7 as never)).rejects.toThrow(
      'load: expected the bytes of a sparse file, a Response or a URL, got 7',
    );
    await expect(load('data:nonsense')).rejects.toThrow(
      /^load: cannot read data:nonsense: .*; check the URL$/,
    );
    await expect(load(new Response(null, {status: 404}))).rejects.toThrow(/answers 404; check the URL$/);
    const graph = await encodeArtifacts({modelTopology: {node: []}, format: 'graph-model', weightSpecs: []});
    await expect(load(graph)).rejects.toThrow('load: the file holds a graph model');
  });

  it('refuses models whose weights or configuration do not fit, before they run', async () => {
    const {modelTopology, ...rest} = await artifactsOf(dense());
    const changed = async (from: RegExp, to: string, more: Partial<tf.io.ModelArtifacts> = {}) => {
      const topology = JSON.parse(JSON.stringify(modelTopology).replace(from, to));
      const bytes = await encodeArtifacts({...rest, ...more, modelTopology: topology});
      return load(bytes).then(
        () => 'loaded',
        ({message}: Error) => message,
      );
    };
    const weightData = new Float32Array(8).buffer;
    const specs = (shape: number[]) => [
      {name: 'scores/kernel', shape, dtype: 'float32' as const},
      {name: 'scores/bias', shape: [2], dtype: 'float32' as const},
    ];
    expect(await changed(/x{99}/, '', {weightData, weightSpecs: specs([3, 2])})).toBe('loaded');
    expect(await changed(/x{99}/, '', {weightData, weightSpecs: specs([2, 3])})).toMatch(
      /bias has 2 elements, not 3/,
    );
    expect(await changed(/x{99}/, '', {weightData, weightSpecs: specs([6])})).toMatch(/has the shape \[6\]/);
    expect(await changed(/scores/g, 'others')).toMatch(/the file has no weight "others\/kernel"/);
    expect(await changed(/\[null,3\]/, '[null,-3]')).toMatch(/has no shape of its input/);
    expect(await changed(/\[null,3\]/, '[null,1000000,1000000,3]')).toMatch(/the network needs \d+ MB/);
    expect(await changed(/"linear"/, '"cubic"')).toMatch(/activation "cubic" is not supported/);
    expect(await changed(/"Dense"/, '"constructor"')).toMatch(/\(constructor\): this class of layers is not/);
    expect(await changed(/"use_bias":true/, '"use_bias":7')).toMatch(/use_bias must be true or false, got 7/);
    expect(await changed(/\[\{"class_name":"Dense".*\}\]/, '[]')).toMatch(/the model has no layers/);
  });
});

describe('a loaded network', () => {
  it('names its inputs and outputs, with their shapes', async () => {
    const net = await load(await encode(dense()));
    expect(net.inputs).toEqual([{name: 'scores_input', shape: [null, 3]}]);
    expect(net.outputs).toEqual([{name: 'scores', shape: [null, 2]}]);
  });

  it('writes into given outputs, and else into new ones', async () => {
    const net = await load(await encode(dense()));
    const output = new Float32Array(2);
    expect(net.predict(Float32Array.of(1, 0, 2), output)).toBe(output);
    expect([...output]).toEqual([11.5, 13.5]);
    const other = net.predict([0, 0, 0]);
    expect([...output]).toEqual([11.5, 13.5]);
    expect([...other]).toEqual([0.5, -0.5]);
    expect(() => net.predict([0, 0, 0], new Float32Array(3))).toThrow(
      'predict: the output has 3 elements, not 2',
    );
  });

  it('takes and returns objects where there are several inputs and outputs', async () => {
    const [a, b] = ['a', 'b'].map((name) => tf.input({shape: [2], name}));
    const outputs = [
      layers.add({name: 'sum'}).apply([a, b]),
      layers.multiply({name: 'product'}).apply([a, b]),
    ];
    const net = await load(await encode(tf.model({inputs: [a, b], outputs: outputs as tf.SymbolicTensor[]})));
    const sum = new Float32Array(2);
    const result = net.predict<Record<string, Float32Array>>({a: [1, 2], b: [3, 4]}, {sum});
    expect(result).toEqual({sum: Float32Array.of(4, 6), product: Float32Array.of(3, 8)});
    expect(result.sum).toBe(sum);
    expect(() => net.predict({a: [1, 2], b: [3, 4, 5, 6]})).toThrow(
      'predict: the inputs have different numbers of examples, 1 and 2',
    );
    expect(() => net.predict({a: [1, 2]})).toThrow('predict: the input "b" must be a Float32Array');
  });

  it('reports inputs of wrong lengths, and goes on', async () => {
    const net = await load(await encode(dense()));
    const wrong =
      /^predict: the input "scores_input" of shape \[any,3\] has 4 elements, which is not a multiple of 3$/;
    expect(() => net.predict(new Float32Array(4))).toThrow(wrong);
    expect(() => net.predict([])).toThrow('has 0 elements');
    expect(() => net.predict({values: [1, 2, 3], shape: [3]})).toThrow('cannot have the shape [3]');
    expect([...net.predict([1, 0, 2])]).toEqual([11.5, 13.5]);
    net.dispose();
    expect(() => net.predict([1, 0, 2])).toThrow('predict: the network is disposed; load it again');
  });

  it('keeps its memory when batches of several sizes alternate', async () => {
    const model = tf.sequential({
      layers: [layers.dense({units: 64, inputShape: [64]}), layers.dense({units: 64})],
    });
    randomize(model, 0);
    const net = await load(await encode(model));
    const one = Float32Array.from({length: 64}, (_, i) => Math.sin(i));
    const right = net.predict(one);
    const grow = jest.spyOn(WebAssembly.Memory.prototype, 'grow');
    for (let i = 0; i < 300; i++) {
      const batch = 1 + (i % 20);
      const y = net.predict(Float32Array.from({length: 64 * batch}, (_, k) => one[k % 64]));
      expect(differenceOf(y.slice(-64), right)).toBeLessThan(1e-5);
    }
    const pages = grow.mock.calls.reduce((sum, [count]) => sum + count, 0);
    grow.mockRestore();
    expect(pages).toBeLessThan(16);
  });
});
