import * as tf from '@tensorflow/tfjs';
import {constant, global, magnitude, prune, pruneArtifacts, strip, threshold} from 'tfjs-pruning';
import {
  autoPrune,
  iterativePruning,
  type PruningOptions,
  project,
  pruning,
  sparsityLoss,
} from 'tfjs-pruning/callbacks';
import {prunable} from 'tfjs-pruning/layers';
import {encodeArtifacts, reportArtifacts} from 'tfjs-pruning/storage';
import {examples, mlp, outputsOf} from '../support/models';

const plain = () => tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 2, inputShape: [3]})]});

function compiled(): tf.LayersModel {
  const model = mlp();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  return model;
}

const trained = (...callbacks: unknown[]) => {
  const {x, y} = examples();
  return compiled().fit(x, y, {epochs: 3, verbose: 0, callbacks: callbacks as never});
};

const schedule = constant(0.5);
const plainCallback = {onEpochEnd: () => {}};

it.each<[string, () => unknown, RegExp]>([
  [
    'a Promise of a model',
    () => prune(prunable(plain()) as never, 0.5),
    /^prune: expected a tf\.LayersModel, got a Promise; await it first$/,
  ],
  [
    'a plain model to strip',
    () => strip(plain()),
    /^strip: model "plain" has no masks, and so is plain already; use it as it is$/,
  ],
  [
    'a threshold as a schedule',
    () => pruning({schedule: threshold(0.1) as never}),
    /^pruning: schedule must be .*, got a threshold\(\), .*; give \(\) => threshold/,
  ],
  [
    'a threshold as an allocation',
    () => prune(mlp(), 0.5, {allocation: threshold(0.1) as never}),
    /^prune: allocation must be .*, got a threshold\(\)/,
  ],
  [
    'an allocation as a target',
    () => prune(mlp(), global() as never),
    /^prune: sparsity must be .*, got an allocation; give it in the recipe/,
  ],
  [
    'nothing',
    () => pruning(undefined as never),
    /^pruning: the options must be an object of schedule, .*, got undefined$/,
  ],
  [
    'an importance of project that returns a number',
    () => trained(project({sparsity: 0.5, importance: (() => 3) as never})),
    /^project: importance must return a tensor, got 3/,
  ],
  [
    'a plain callback after an instance',
    () => trained(pruning({schedule}), plainCallback),
    /^fit: callbacks must be all instances or all plain objects, got an object onEpochEnd after/,
  ],
  [
    'a callback that was not called',
    () => trained(pruning),
    /^pruning: fit takes a callback, got the function pruning; call it/,
  ],
  [
    'a callback that was not called after an instance',
    () => trained(pruning({schedule}), sparsityLoss),
    /^sparsityLoss: fit takes a callback, got the function sparsityLoss; call it/,
  ],
  [
    'a list of another length than a masked model',
    () => mlp().setWeights([tf.zeros([4, 6]), tf.zeros([6])]),
    /^setWeights: ".*" has 8 weights, of which 4 are masks of dtype bool, got 2; give masks too/,
  ],
  [
    'a list of another length than a masked layer',
    () => mlp().layers[0].setWeights([tf.zeros([4, 6])]),
    /^setWeights: "hidden" has 4 weights, of which 2 are masks/,
  ],
  [
    'options of the loop in autoPrune',
    () =>
      autoPrune(
        compiled(),
        {x: examples().x, y: examples().y, validationData: [examples().x, examples().y]},
        {step: 2},
      ),
    /^autoPrune: step must be a number in \(0, 1\)/,
  ],
  [
    'a candidate that is no recipe',
    () =>
      autoPrune(
        compiled(),
        {x: examples().x, y: examples().y, validationData: [examples().x, examples().y]},
        {candidates: {best: magnitude() as never}},
      ),
    /^autoPrune: candidate best: the options must be an object of importance, .*, got a function/,
  ],
  [
    'an option with a typo',
    () => iterativePruning({monitr: 'val_acc'} as never),
    /^iterativePruning: unknown option "monitr"; there are monitor, /,
  ],
])('%s is an error that names the function called and says what to do', async (_, run, message) => {
  await expect((async () => run())()).rejects.toThrow(message);
});

it('fit takes plain callbacks alone, instances alone, and none', async () => {
  await trained();
  await trained(plainCallback, {});
  await trained(pruning({schedule} as PruningOptions), new tf.CustomCallback(plainCallback));
});

it('setWeights takes all weights of a masked model, and a masked layer also its plain ones', () => {
  const [from, to] = [mlp(), mlp()];
  tf.tidy(() => to.setWeights(from.getWeights()));
  expect(outputsOf(to)).toEqual(outputsOf(from));
  const kernel = tf.ones([4, 6]);
  to.layers[0].setWeights([kernel, tf.zeros([6])]);
  expect(to.layers[0].getWeights()[0].dataSync()).toEqual(kernel.dataSync());
});

describe.each<[string, (artifacts: tf.io.ModelArtifacts) => unknown]>([
  ['reportArtifacts', reportArtifacts],
  ['pruneArtifacts', (artifacts) => pruneArtifacts(artifacts, 0.5)],
  ['encodeArtifacts', (artifacts) => encodeArtifacts(artifacts)],
])('%s', (name, run) => {
  const modelTopology = {class_name: 'Sequential', config: {layers: []}};

  it.each([
    [{name: 'a', dtype: 'float32'}],
    [{name: 'a', shape: 2, dtype: 'float32'}],
    [{name: 'a', shape: ['2'], dtype: 'float32'}],
    [{name: 'a', shape: [-2], dtype: 'float32'}],
    [{name: 'a', shape: [2]}],
    [{name: 'a', shape: [2], dtype: 'bfloat16'}],
    [{name: 'a', shape: [8], dtype: 'float32', quantization: {dtype: 'uint3'}}],
    [{shape: [2], dtype: 'float32'}],
    [null],
  ])('refuses the weight %j', async (spec) => {
    const artifacts = {modelTopology, weightSpecs: [spec] as never, weightData: new ArrayBuffer(8)};
    const text = JSON.stringify(spec).slice(0, 60);
    await expect((async () => run(artifacts))()).rejects.toThrow(
      `${name}: a weight must have a name, a shape of whole numbers and a known dtype, got ${text}`,
    );
  });

  it('refuses a topology that is nested too deeply', async () => {
    let layers: unknown = [];
    for (let i = 0; i < 50_000; i++) layers = [layers];
    const artifacts = {modelTopology: {config: {layers}}, weightSpecs: [], weightData: new ArrayBuffer(0)};
    await expect((async () => run(artifacts))()).rejects.toThrow(
      `${name}: the topology has more than 1000 nested levels`,
    );
  });
});
