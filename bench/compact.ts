import * as tf from '@tensorflow/tfjs';
import {type CompactModel, channel, compact, prune, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {networks} from '../demo/networks';
import {mobileNetV2, resNet20} from './networks';
import {type Figure, ratio, time} from './ratio';

/** What compact gains where channels are gone, over the same network with all of them. */
export async function compacting(rounds: number): Promise<Figure[]> {
  return [
    ...(await gains('LeNet-5, 70 % of the channels gone', networks.lenet5([28, 28, 1], 10, 1), 0.7, rounds)),

    ...(await gains('ResNet-20, 50 %', await prunable(resNet20()), 0.5, rounds)),
    ...(await gains('MobileNetV2-like, 50 %', await prunable(mobileNetV2()), 0.5, rounds)),
  ];
}

async function gains(
  title: string,
  model: tf.LayersModel,
  sparsity: number,
  rounds: number,
): Promise<Figure[]> {
  const dense = await strip(model);
  await prune(model, sparsity, {pattern: channel()});
  const small = await compact(model);
  const {before, after} = small.compacted;
  const macs = before.macs / after.macs;
  const figures = [
    {name: `compact: MACs dense / compact, ${title}`, ratio: macs, goal: ''},
    {
      name: `compact: parameters dense / compact, ${title}`,
      ratio: before.parameters / after.parameters,
      goal: '',
    },
    {
      name: `compact: bytes saved dense / compact, ${title}`,
      ratio: (await bytesOf(dense)) / (await bytesOf(small)),
      goal: '',
    },
  ];
  for (const batch of [1, 32]) {
    const x = noise([batch, ...(dense.inputs[0].shape.slice(1) as number[])]);
    figures.push({
      name: `compact: latency dense / compact on wasm, batch ${batch}, ${title}`,
      ratio: await ratio(run(dense, x), run(small, x), Math.ceil(rounds / (batch === 1 ? 3 : 30))),
      goal: '',
    });
    figures.push(await overLayers(title, dense, small, batch, rounds));
    x.dispose();
  }
  for (const made of [model, dense, small]) made.dispose();
  return figures;
}

/** The layers that take over 50 µs each, one after the other, by what their MACs promise. */
async function overLayers(
  title: string,
  dense: tf.LayersModel,
  small: CompactModel,
  batch: number,
  rounds: number,
): Promise<Figure> {
  const kept: {tasks: [() => unknown, () => unknown]; macs: [number, number]}[] = [];
  const inputs: tf.Tensor[] = [];
  for (const layer of dense.layers.filter(({weights}) => weights.some(({shape}) => shape.length > 1))) {
    const pair = [layer, small.getLayer(layer.name)];
    const tasks = pair.map((one) => {
      const x = noise([batch, ...((one.input as tf.SymbolicTensor).shape.slice(1) as number[])]);
      inputs.push(x);
      return () => tf.tidy(() => (one.apply(x) as tf.Tensor).dataSync());
    }) as [() => unknown, () => unknown];
    if ((await time(tasks[0], 10)) > 0.05) {
      kept.push({tasks, macs: pair.map(macsOf) as [number, number]});
    }
  }
  const all = (which: 0 | 1) => () => {
    for (const {tasks} of kept) tasks[which]();
  };
  const sum = (which: 0 | 1) => kept.reduce((total, {macs}) => total + macs[which], 0);
  const gain = await ratio(all(0), all(1), Math.ceil(rounds / (batch === 1 ? 3 : 30)));
  tf.dispose(inputs);
  return {
    name: `compact: latency gain / MACs gain of ${kept.length} layers over 50 µs, batch ${batch}, ${title}`,
    ratio: gain / (sum(0) / sum(1)),
    goal: '>= 0.8',
  };
}

/** Multiplications of a layer for one example: each element of its kernel once for each position of the output. */
function macsOf(layer: tf.layers.Layer): number {
  const [kernel] = layer.weights;
  const size = kernel.shape.reduce<number>((product, dim) => product * (dim as number), 1);
  const [...positions] = (layer.output as tf.SymbolicTensor).shape.slice(1, -1) as number[];
  return positions.reduce((product, dim) => product * dim, size);
}

/** tf.randomNormal takes some µs a number. */
function noise(shape: number[]): tf.Tensor {
  return tf.tensor(Float32Array.from({length: tf.util.sizeFromShape(shape)}, Math.random), shape);
}

function run(model: tf.LayersModel, x: tf.Tensor): () => unknown {
  return () => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
}

async function bytesOf(model: tf.LayersModel): Promise<number> {
  let bytes = 0;
  await model.save(
    tf.io.withSaveHandler(async ({modelTopology, weightSpecs, weightData}) => {
      bytes =
        JSON.stringify([modelTopology, weightSpecs]).length +
        tf.io.CompositeArrayBuffer.join(weightData).byteLength;
      return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
    }),
  );
  return bytes;
}
