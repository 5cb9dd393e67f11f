import * as tf from '@tensorflow/tfjs';
import {block, type Pattern, prune, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {networks} from '../demo/networks';
import {markWeight} from '../src/wasm/sparse/markWeight';
import {outputsOf, type Window} from '../src/wasm/sparse/window';
import {caffeLeNet5, mobileNetV2} from './networks';
import {type Figure, ratio} from './ratio';

const one: Window = {
  ...{rows: 1, columns: 1, channels: 1, filters: 1, rowStep: 1, columnStep: 1},
  ...{rowDilation: 1, columnDilation: 1, padding: 'same', isDepthwise: false},
};

/** The measured layers, with the goal of each at a share of zeros. */
const measured: {
  name: string;
  window: Window;
  shape: number[];
  block?: number;
  goals: Record<number, number | undefined>;
}[] = [
  {
    name: 'Dense 1024 × 1024, batch 64',
    window: {...one, channels: 1024, filters: 1024},
    shape: [64, 1024],
    goals: {0.8: 2.5, 0.9: 5, 0.95: 9},
  },
  {
    name: '1 × 1 convolution, 256 channels, 28²',
    window: {...one, channels: 256, filters: 256},
    shape: [1, 28, 28, 256],
    goals: {0.8: 2.5, 0.9: 5, 0.95: 9},
  },
  {
    name: '1 × 1 convolution, 64 channels, 56²',
    window: {...one, channels: 64, filters: 64},
    shape: [1, 56, 56, 64],
    goals: {0.8: 2.5, 0.9: 5, 0.95: 9},
  },
  {
    name: '3 × 3 convolution, 64 channels, 56²',
    window: {...one, rows: 3, columns: 3, channels: 64, filters: 64},
    shape: [1, 56, 56, 64],
    goals: {0.8: 2, 0.9: 4, 0.95: 8},
  },
  {
    name: 'Dense 1024 × 1024, batch 1',
    window: {...one, channels: 1024, filters: 1024},
    shape: [1, 1024],
    goals: {0.9: 2, 0.95: 5},
  },
  {
    name: 'Dense 1024 × 1024, batch 1, blocks of 1 × 4',
    window: {...one, channels: 1024, filters: 1024},
    shape: [1, 1024],
    block: 4,
    goals: {0.9: 6},
  },
  {
    name: 'depthwise 3 × 3, 128 channels, 28²',
    window: {...one, rows: 3, columns: 3, channels: 128, isDepthwise: true},
    shape: [1, 28, 28, 128],
    goals: {0.9: undefined},
  },
];

/** Speed-up of sparse over dense kernels of the WASM backend, for single products. */
export async function products(rounds: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const {name, window, shape, block = 1, goals} of measured) {
    for (const [sparsity, goal] of Object.entries(goals)) {
      figures.push({
        name: `sparse: dense / sparse op on wasm, ${Number(sparsity) * 100} %, ${name}`,
        ratio: await gain(window, shape, Number(sparsity), block, rounds),
        goal: goal === undefined ? '' : `>= ${goal}`,
      });
    }
  }
  return figures;
}

/** The time of the backend's op over that of the sparse one, whole calls with bias and relu. */
async function gain(
  window: Window,
  shape: number[],
  sparsity: number,
  block: number,
  rounds: number,
): Promise<number> {
  const {rows, columns, channels, filters, isDepthwise} = window;
  const values = new Float32Array(rows * columns * channels * filters);
  for (let i = 0; i < values.length; i++) {
    const isKept = i % block === 0 ? Math.random() >= sparsity : values[i - 1] !== 0;
    values[i] = isKept ? Math.random() - 0.5 : 0;
  }
  const x = tf.tensor(Float32Array.from({length: tf.util.sizeFromShape(shape)}, Math.random), shape);
  const bias = tf.ones([outputsOf(window)]) as tf.Tensor1D;
  const kernel = tf.tensor(
    values,
    shape.length === 2 ? [channels, filters] : [rows, columns, channels, filters],
  );
  const conv = isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
  const marked = tf.tensor(values, kernel.shape);
  markWeight(marked);
  const run = (weight: tf.Tensor) => () =>
    (shape.length === 2
      ? tf.fused.matMul({a: x, b: weight, bias, activation: 'relu'})
      : conv({
          x: x as tf.Tensor4D,
          filter: weight as tf.Tensor4D,
          strides: 1,
          pad: 'same',
          bias,
          activation: 'relu',
        })
    ).dispose();
  const result = await ratio(run(kernel), run(marked), rounds);
  tf.dispose([x, bias, kernel, marked]);
  return result;
}

/** Layers with few zeros: the loss when the dense kernel is chosen, or the sparse one hardly gains. */
export async function evenlyMatched(rounds: number): Promise<Figure[]> {
  const {dense, conv2d} = tf.layers;
  const layers: Record<string, () => tf.layers.Layer> = {
    'Dense 256 × 256': () => dense({units: 256, inputShape: [256]}),
    '3 × 3 convolution, 32 channels, 28²': () =>
      conv2d({filters: 32, kernelSize: 3, padding: 'same', inputShape: [28, 28, 32]}),
  };
  const figures: Figure[] = [];
  for (const [name, make] of Object.entries(layers)) {
    for (const batch of [1, 32]) {
      for (const sparsity of [0.1, 0.3, 0.5]) {
        const model = await prunable(tf.sequential({layers: [make()]}));
        await prune(model, sparsity, {where: () => true});
        figures.push({
          name: `sparse: time plain / sparsify on wasm, ${sparsity * 100} %, batch ${batch}, ${name}`,
          ratio: await over(model, batch, rounds),
          goal: '>= 0.95',
        });
      }
    }
  }
  return figures;
}

/** Speed-up of whole predictions of layers models. */
export async function wholeNetworks(rounds: number): Promise<Figure[]> {
  const blocks = block(1, 4);
  const made: [name: string, make: () => tf.LayersModel | Promise<tf.LayersModel>, number, Pattern?][] = [
    ['LeNet-5', () => networks.lenet5([28, 28, 1], 10, 1), 0.99],
    ['LeNet-5 of Caffe', async () => prunable(caffeLeNet5()), 0.99],
    // The gain of folding alone.
    ['MobileNetV2-like', async () => prunable(mobileNetV2()), 0],
    ['MobileNetV2-like', async () => prunable(mobileNetV2()), 0.85],
    ['MobileNetV2-like, blocks of 1 × 4', async () => prunable(mobileNetV2()), 0.85, blocks],
  ];
  const figures: Figure[] = [];
  for (const [name, make, sparsity, pattern] of made) {
    for (const batch of [1, 32]) {
      const model = await make();
      await prune(model, sparsity, {where: () => true, ...(pattern && {pattern})});
      figures.push({
        name: `sparse: time plain / sparsify on wasm, ${sparsity * 100} %, batch ${batch}, ${name}`,
        ratio: await over(model, batch, Math.ceil(rounds / (batch === 1 ? 3 : 30))),
        goal: '',
      });
    }
  }
  return figures;
}

/** The prediction time of the stripped model over that of the sparsified one; disposes the given model. */
async function over(model: tf.LayersModel, batch: number, rounds: number): Promise<number> {
  const [plain, fast] = [await strip(model), await sparsify(model)];
  const shape = [batch, ...(model.inputs[0].shape.slice(1) as number[])];
  const x = tf.tensor(Float32Array.from({length: tf.util.sizeFromShape(shape)}, Math.random), shape);
  const run = (one: tf.LayersModel) => () =>
    tf.tidy(() => {
      (one.predict(x, {batchSize: batch}) as tf.Tensor).dataSync();
    });
  const result = await ratio(run(plain), run(fast), rounds);
  tf.dispose(x);
  for (const one of [model, plain, fast]) one.dispose();
  return result;
}
