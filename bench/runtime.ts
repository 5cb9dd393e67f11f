import * as tf from '@tensorflow/tfjs';
import {encode, prune, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {load} from 'tfjs-pruning/runtime';
import {networks} from '../demo/networks';
import {mobileNetV1} from './networks';
import {onnxRuntime} from './onnxRuntime';
import {assertEqual, predicted, repeated} from './predictions';
import {type Figure, ratio, time} from './ratio';
import {zoo} from './zoo';

/** Predictions without tfjs: the time of others over that of the runtime; and the time to load a file. */
export async function runtime(rounds: number): Promise<Figure[]> {
  const goals = {sparsify: '>= 7', 'onnxruntime-web': '>= 8'};
  const leNet300 = networks.mlp([28, 28, 1], 10, 1);
  const mobileNet = tf.sequential({layers: mobileNetV1()});
  return [
    ...(await against('LeNet-300-100', leNet300, 0.98, 100, rounds / 5, goals)),
    ...(await against('MobileNetV1, 224²', mobileNet, 0.9, 1, rounds / 30, {sparsify: '>= 1.2'})),
    ...(await zoo(rounds)),
    await loading(rounds),
  ];
}

/**
 * One example of a pruned network.
 *
 * @param times How often a prediction is repeated.
 */
async function against(
  name: string,
  plain: tf.LayersModel,
  sparsity: number,
  times: number,
  rounds: number,
  goals: Partial<Record<string, string>>,
): Promise<Figure[]> {
  const model = await prunable(plain);
  await prune(model, sparsity, {where: () => true});
  const x = tf.randomUniform([1, ...(model.inputs[0].shape.slice(1) as number[])]);
  const [dense, fast] = [await strip(model), await sparsify(model)];
  const net = await load(await encode(model));
  const input = x.dataSync<'float32'>().slice();
  const output = net.predict(input);
  const own = () => net.predict(input, output);
  const others = {
    sparsify: predicted(fast, x),
    tfjs: predicted(dense, x),
    'onnxruntime-web': await onnxRuntime(dense, x),
  };
  const figures: Figure[] = [];
  const about = `${sparsity * 100} %, batch 1, ${name}`;
  for (const [other, run] of Object.entries(others)) {
    if (run === undefined) continue;
    assertEqual(await run(), own(), other);
    figures.push({
      name: `runtime: time ${other} / runtime, ${about}`,
      ratio: await ratio(repeated(run, times), repeated(own, times), Math.ceil(rounds)),
      goal: goals[other] ?? '',
    });
  }
  const each = (await time(repeated(own, times), Math.ceil(rounds))) / times;
  figures.push({name: `runtime: time / 1 µs, ${about}`, ratio: 1000 * each, goal: ''});
  x.dispose();
  for (const one of [plain, model, dense, fast, net]) one.dispose();
  return figures;
}

/** The time to load 4 MB of dense weights. */
async function loading(rounds: number): Promise<Figure> {
  const {layers} = tf;
  const model = tf.sequential({
    layers: [layers.dense({units: 1000, inputShape: [1000]}), layers.dense({units: 40})],
  });
  const bytes = await encode(model);
  model.dispose();
  return {
    name: 'runtime: load of 4 MB of dense weights / 1 ms',
    ratio: await time(async () => (await load(bytes)).dispose(), Math.ceil(rounds / 10)),
    goal: '< 60',
  };
}
