import * as tf from '@tensorflow/tfjs';
import {encode} from 'tfjs-pruning';
import {toLayersModel} from 'tfjs-pruning/graph';
import {load} from 'tfjs-pruning/runtime';
import '../support/cpu';
import {graphArtifacts, loadGraph} from '../support/graphModel';

type Quantization = NonNullable<tf.io.WeightsManifestEntry['quantization']>;

// Weights are stored · scale + min. The outputs for [1, 2] are k₀₀ + 2 k₁₀ and k₀₁ + 2 k₁₁.
const cases: [Quantization, stored: Uint8Array | Uint16Array, weights: number[], outputs: number[]][] = [
  [{dtype: 'uint8', scale: 0.5, min: -1}, Uint8Array.of(0, 10, 20, 255), [-1, 4, 9, 126.5], [17, 257]],
  [
    {dtype: 'uint16', scale: 0.25, min: -2},
    Uint16Array.of(0, 4, 40_000, 65_535),
    [-2, -1, 9998, 16_381.75],
    [19_994, 32_762.5],
  ],
  // 1.5, −2, 0.25 and the largest finite number of float16.
  [{dtype: 'float16'}, Uint16Array.of(0x3e00, 0xc000, 0x3400, 0x7bff), [1.5, -2, 0.25, 65_504], [2, 131_006]],
];

describe.each(cases)('weights stored as %j', (quantization, stored, weights, outputs) => {
  const artifacts = async (): Promise<tf.io.ModelArtifacts> => ({
    ...(await graphArtifacts([-1, 2], [['y', 'MatMul', ['x', 'k']]], {k: tf.zeros([2, 2])})),
    weightSpecs: [{name: 'k', shape: [2, 2], dtype: 'float32', quantization}],
    weightData: stored.slice().buffer as ArrayBuffer,
  });

  it.each([
    ['artifacts', artifacts],
    ['a graph model', async () => loadGraph(await artifacts())],
  ])('become those of the layers of %s', async (_, source) => {
    const model = await toLayersModel(await source());
    expect(Array.from(await model.getWeights()[0].data())).toEqual(weights);
    const y = model.predict(tf.tensor2d([[1, 2]])) as tf.Tensor;
    expect(Array.from(await y.data())).toEqual(outputs);
  });

  it('are those that the runtime predicts by', async () => {
    const net = await load(await encode(await toLayersModel(await artifacts())));
    expect(Array.from(net.predict(Float32Array.of(1, 2)))).toEqual(outputs);
  });
});
