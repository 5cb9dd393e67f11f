import * as tf from '@tensorflow/tfjs';
import {decode, encode, prune, ship, strip} from 'tfjs-pruning';
import {prunableDense} from 'tfjs-pruning/layers';
import '../support/cpu';
import {networks} from '../../demo/networks';
import {differenceOf, randomize} from '../runtime/compare';
import {evaluate} from './evaluate';
import {compareShipped} from './shipped';

const {layers} = tf;
type Symbolic = tf.SymbolicTensor;

/** A network of the demo with random weights, of which a share is 0. */
async function network(name: keyof typeof networks, sparsity: number): Promise<tf.LayersModel> {
  const masked = networks[name]([28, 28, 1], 10, 1);
  const model = await strip(masked);
  masked.dispose();
  randomize(model, sparsity);
  return model;
}

const folded = () =>
  tf.sequential({
    layers: [
      layers.conv2d({filters: 6, kernelSize: 3, inputShape: [9, 8, 2], useBias: false}),
      layers.batchNormalization({}),
      layers.reLU({}),
      layers.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same'}),
      layers.batchNormalization({}),
      layers.flatten(),
      layers.dense({units: 5, activation: 'softmax'}),
    ],
  });

describe('a shipped module', () => {
  it.each([
    ['conv', 0.9],
    ['mlp', 0.98],
    ['lenet5', 0.5],
  ] as const)('of the network %s at a sparsity of %d predicts as tfjs does', async (name, sparsity) => {
    const model = await network(name, sparsity);
    expect(await compareShipped(model, [1, 3, 17])).toBeLessThan(1e-5);
    model.dispose();
  });

  it.each([
    ['float16', 'float16'],
    ['int8', 'int8'],
    ['codebooks of 3 bits', {bits: 3}],
    ['codebooks of 1 bit', {bits: 1}],
  ] as const)('with values as %s predicts as the decoded file does', async (_, values) => {
    for (const model of [await network('conv', 0.8), folded()]) {
      if (model instanceof tf.Sequential) randomize(model, 0.5);
      const decoded = (await decode(await encode(model, {values}))) as tf.LayersModel;
      expect(await compareShipped(model, [2], {values}, decoded)).toBeLessThan(1e-5);
      for (const one of [model, decoded]) one.dispose();
    }
  });

  it('predicts with the masks of a model, which is unchanged', async () => {
    const model = tf.sequential({
      layers: [prunableDense({units: 8, inputShape: [6]}), prunableDense({units: 2})],
    });
    await prune(model, 0.5);
    const before = tf.memory().numTensors;
    expect(await compareShipped(model, [1, 4])).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('has arrays by name for several inputs and outputs', async () => {
    const [a, b] = [tf.input({shape: [3], name: 'a'}), tf.input({shape: [2], name: 'b'})];
    const both = layers.concatenate().apply([a, b]) as Symbolic;
    const [y, z] = ['y', 'z'].map((name) => layers.dense({units: 2, name}).apply(both) as Symbolic);
    const model = tf.model({inputs: [a, b], outputs: [y, z]});
    expect(await compareShipped(model, [1, 3])).toBeLessThan(1e-5);
    const {predict, inputs, outputs} = evaluate(await ship(model));
    expect(inputs.map(({name, shape}) => [name, shape])).toEqual([
      ['a', [null, 3]],
      ['b', [null, 2]],
    ]);
    expect(outputs.map(({name, shape}) => [name, shape])).toEqual([
      ['y', [null, 2]],
      ['z', [null, 2]],
    ]);
    expect(() => predict({a: new Float32Array(3)})).toThrow(
      'predict: the input "b" must be a Float32Array, got undefined',
    );
    expect(() => predict({a: new Float32Array(6), b: new Float32Array(2)})).toThrow(
      'predict: the inputs have different numbers of examples, 2 and 1',
    );
    model.dispose();
  });

  it('takes plain arrays, and writes into given ones', async () => {
    const model = tf.sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
    const {predict} = evaluate(await ship(model));
    const output = new Float32Array(4);
    expect(predict([1, 2, 3, 4, 5, 6], output)).toBe(output);
    const right = model.predict(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3])) as tf.Tensor;
    expect(differenceOf(output, right.dataSync<'float32'>())).toBeLessThan(1e-6);
    expect(() => predict([1, 2])).toThrow(/2 elements, which is not a multiple of 3/);
    expect(() => predict([])).toThrow(/0 elements/);
    expect(() => predict([1, 2, 3], output)).toThrow('predict: the output has 4 elements, not 2');
    right.dispose();
    model.dispose();
  });
});

describe('a shipped WebAssembly module', () => {
  it('computes an example in its memory, at the addresses that it exports', async () => {
    const model = await network('mlp', 0.9);
    const wasm = await ship(model, {format: 'wasm', values: 'int8'});
    const {instance} = await WebAssembly.instantiate(wasm);
    const {memory, input, output, run} = instance.exports as {
      memory: WebAssembly.Memory;
      input: WebAssembly.Global;
      output: WebAssembly.Global;
      run(): void;
    };
    const x = Float32Array.from({length: 784}, (_, i) => Math.sin(i));
    new Float32Array(memory.buffer, input.value, 784).set(x);
    run();
    const {predict} = evaluate(await ship(model, {values: 'int8'}));
    expect(new Float32Array(memory.buffer, output.value, 10)).toEqual(predict(x));
    model.dispose();
  });

  it('describes its inputs and outputs in a custom section', async () => {
    const model = tf.sequential({layers: [layers.dense({name: 'last', units: 2, inputShape: [3]})]});
    const module = new WebAssembly.Module(await ship(model, {format: 'wasm'}));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const [section] = WebAssembly.Module.customSections(module, 'tfjs-pruning');
    expect(JSON.parse(new TextDecoder().decode(section))).toEqual({
      inputs: [{name: 'last_input', shape: [3], address: expect.any(Number)}],
      outputs: [{name: 'last', shape: [2], address: expect.any(Number)}],
    });
    model.dispose();
  });
});

describe('ship', () => {
  it('writes declarations of the module', async () => {
    const model = tf.sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
    expect(await ship(model, {format: 'types'})).toContain(
      'export declare const predict: (input: ArrayLike<number>, output?: Float32Array) => Float32Array;',
    );
    model.dispose();
  });

  it('ships the artifacts of a model', async () => {
    const model = tf.sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
    let artifacts: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts = saved;
        return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
      }),
    );
    expect(await ship(artifacts)).toBe(await ship(model));
    model.dispose();
  });

  it.each([
    ['no model', {} as never, undefined, 'ship: '],
    ['an unknown option', undefined, {kind: 'wasm'}, 'ship: unknown option "kind"'],
    ['an unknown format', undefined, {format: 'js'}, 'ship: format must be "module", "types", "wasm"'],
    ['unknown values', undefined, {values: 'int4'}, 'ship: values must be "float32"'],
  ])('throws for %s', async (_, given, options, message) => {
    const model = given ?? tf.sequential({layers: [layers.dense({units: 2, inputShape: [3]})]});
    await expect(ship(model, options as never)).rejects.toThrow(message);
  });

  it('refuses unsupported layers by name', async () => {
    const any = tf.sequential({
      layers: [layers.conv2d({filters: 2, kernelSize: 3, inputShape: [null, null, 1] as never})],
    });
    await expect(ship(any)).rejects.toThrow(/ship: the input "conv2d_.*" has the shape \[null,null,null,1\]/);
    const stateful = tf.sequential({
      layers: [layers.lstm({name: 'own', units: 2, stateful: true, batchInputShape: [1, 3, 2]})],
    });
    await expect(ship(stateful)).rejects.toThrow('ship: the layer "own" (LSTM): stateful is not supported');
    any.dispose();
    stateful.dispose();
  });
});
