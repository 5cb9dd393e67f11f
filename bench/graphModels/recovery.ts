import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {cosine, encode, global, prune, report} from 'tfjs-pruning';
import {distillation, learningRate} from 'tfjs-pruning/callbacks';
import {toLayersModel} from 'tfjs-pruning/graph';
import {prunable} from 'tfjs-pruning/layers';

/** The results of `bench/graphRecovery.ts`, relative to the folder of the package. */
export const recoveryFile = join('bench', 'graphModels', 'recovery.json');

/** How a model with one output is pruned and trained. */
export interface Plan {
  readonly loss: 'meanSquaredError' | 'categoricalCrossentropy';
  readonly sparsity: number;
  readonly rate: number;
  readonly pictures: number;
  readonly epochs: number;
  readonly batchSize: number;
}

export interface Recovery extends Plan {
  readonly name: string;
  /** The mean distance of outputs from those of the original, relative to their mean L2 norm, on pictures not trained on. */
  readonly before: number;
  readonly after: number;
  /** The size of the file, relative to that of all weights as float32. */
  readonly file: number;
}

const TESTED = 64;

/** Prunes a graph model, and trains it to match the original on pictures of noise, without labels. */
export async function recover(name: string, artifacts: tf.io.ModelArtifacts, plan: Plan): Promise<Recovery> {
  const {loss, sparsity, rate, pictures, epochs, batchSize} = plan;
  const teacher = await toLayersModel(artifacts);
  const model = await prunable(await toLayersModel(artifacts));
  const size = model.inputs[0].shape.slice(1) as [number, number, number];
  const [x, test] = [picturesOf(pictures, size, 1), picturesOf(TESTED, size, 2)];
  await prune(model, sparsity, {allocation: global()});
  const before = await distance(teacher, model, test);
  model.compile({optimizer: tf.train.adam(rate), loss});
  // Targets have no effect where the teacher has the whole share of the loss.
  const y = tf.zeros([pictures, ...(model.outputs[0].shape.slice(1) as number[])]);
  await model.fit(x, y, {
    ...{epochs, batchSize, verbose: 0},
    callbacks: [
      distillation({teacher}),
      learningRate({schedule: cosine({from: rate, to: rate / 100}), unit: 'batch'}),
    ],
  });
  const after = await distance(teacher, model, test);
  const file = (await encode(model)).length / 4 / teacher.countParams();
  return {name, ...plan, sparsity: report(model).total.sparsity, before, after, file};
}

/** Noise of several scales, as in pictures: large differences between distant pixels and small ones between neighbors. */
export function picturesOf(count: number, [height, width, channels]: number[], seed: number): tf.Tensor4D {
  return tf.tidy(() => {
    const scales = [2, 4, 8, 16, 32].map((cells, i) => {
      const noise = tf.randomNormal(
        [count, cells, cells, channels],
        0,
        0.3 / (i + 1),
        'float32',
        seed + 9 * i,
      );
      return tf.image.resizeBilinear(noise as tf.Tensor4D, [height, width]);
    });
    return tf.addN(scales).add(0.5).clipByValue(0, 1) as tf.Tensor4D;
  });
}

async function distance(teacher: tf.LayersModel, model: tf.LayersModel, x: tf.Tensor): Promise<number> {
  const [expected, found] = [teacher, model].map((one) => one.predict(x, {batchSize: 8}) as tf.Tensor);
  const relative = tf.tidy(() =>
    tf
      .norm(found.sub(expected), 2, -1)
      .mean()
      .div(tf.norm(expected, 2, -1).mean()),
  );
  const [value] = await relative.data();
  tf.dispose([expected, found, relative]);
  return value;
}
