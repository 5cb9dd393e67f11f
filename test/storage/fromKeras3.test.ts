import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {fromKeras3} from 'tfjs-pruning/storage';
import '../support/cpu';
import {mlp, outputsOf} from '../support/models';
import {artifactsOf} from '../support/saving';

interface Layer {
  class_name: string;
  config: Record<string, unknown>;
}

/** A Sequential of one layer, saved by Keras 3 with one weight. */
const saved = (layer: Layer, weight: string) => ({
  modelTopology: {
    keras_version: '3.15.1',
    model_config: {class_name: 'Sequential', config: {name: 'sequential', layers: [layer]}},
  },
  weightSpecs: [{name: weight, shape: [1], dtype: 'float32' as const}],
  weightData: new ArrayBuffer(4),
});

/** The artifacts of a model of test/storage/keras3, as a handler of tf.io loads them. */
function artifactsIn(name: string): tf.io.ModelArtifacts {
  const file = (path: string) => readFileSync(join(__dirname, 'keras3', name, path));
  const {weightsManifest, ...json} = JSON.parse(file('model.json').toString());
  const [{paths, weights}] = weightsManifest;
  return {...json, weightSpecs: weights, weightData: Uint8Array.from(file(paths[0])).buffer};
}

it.each(['sequential', 'functional', 'recurrent', 'trained-recurrent', 'trained-nested'])(
  'fromKeras3 makes of the %s model one that tfjs loads, with the outputs that Keras gave',
  async (name) => {
    const model = await tf.loadLayersModel(tf.io.fromMemory(fromKeras3(artifactsIn(name))));
    const {inputs, output} = JSON.parse(
      readFileSync(join(__dirname, 'keras3', name, 'outputs.json'), 'utf8'),
    );
    const got = outputsOf(
      model,
      inputs.map((input: number[]) => tf.tensor(input)),
    );
    expect(got).toHaveLength(output.flat(5).length);
    for (const [i, value] of output.flat(5).entries()) expect(got[i]).toBeCloseTo(value, 5);
  },
);

it('fromKeras3 returns the artifacts of other models themselves', async () => {
  const artifacts = await artifactsOf(mlp());
  expect(fromKeras3(artifacts)).toBe(artifacts);
});

it('fromKeras3 leaves the given artifacts unchanged', () => {
  const artifacts = artifactsIn('functional');
  const before = JSON.stringify(artifacts);
  fromKeras3(artifacts);
  expect(JSON.stringify(artifacts)).toBe(before);
});

it('fromKeras3 names itself in the error for a model that Keras 2 cannot express', () => {
  const artifacts = artifactsIn('functional');
  const text = JSON.stringify(artifacts.modelTopology);
  const named = text.replace('"output_layers":["o",0,0]', '"output_layers":{"out":["o",0,0]}');
  expect(named).not.toBe(text);
  expect(() => fromKeras3({...artifacts, modelTopology: JSON.parse(named)})).toThrow(
    /^fromKeras3: .* has inputs or outputs by name; save the model with a list of them$/,
  );
});

it('fromKeras3() rejects a topology that is nested too deeply', () => {
  let layers: unknown = [];
  for (let i = 0; i < 50_000; i++) layers = [layers];
  const modelTopology = {keras_version: '3.0.0', config: {layers}};
  expect(() => fromKeras3({modelTopology, weightSpecs: [], weightData: new ArrayBuffer(0)})).toThrow(
    'fromKeras3: the topology has more than 1000 nested levels',
  );
});

it('the kernel of a DepthwiseConv2D has the name that tfjs gives it', () => {
  const conv = {class_name: 'DepthwiseConv2D', config: {name: 'conv'}};
  const {weightSpecs} = fromKeras3(saved(conv, 'sequential/conv/kernel'));
  expect(weightSpecs?.map(({name}) => name)).toEqual(['conv/depthwise_kernel']);
});

it('the layer in a Bidirectional has its own name, which tfjs makes those of both directions of', () => {
  const lstm = (name: string) => ({class_name: 'LSTM', config: {name}});
  const both = {name: 'both', layer: lstm('forward_lstm'), backward_layer: lstm('backward_lstm')};
  const {modelTopology} = fromKeras3(
    saved({class_name: 'Bidirectional', config: both}, 'both/forward_lstm/kernel'),
  );
  expect(modelTopology).toMatchObject({
    model_config: {config: {layers: [{config: {name: 'both', layer: lstm('lstm')}}]}},
  });
  expect(JSON.stringify(modelTopology)).not.toContain('backward');
});
