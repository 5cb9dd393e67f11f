import * as tf from '@tensorflow/tfjs';
import {prune, sparsify, strip} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {install, uninstall} from '../src/wasm/sparse/dispatch';
import {mobileNetV1} from './networks';
import {onnxRuntime} from './onnxRuntime';
import {assertEqual, predicted} from './predictions';
import {type Figure, ratio} from './ratio';

const SPARSITY = 0.9;

/**
 * MobileNetV1 of width 1, one image of 224 × 224, whole predictions: dense models over the sparsified one. `plain` has its batch
 * norms, as training leaves it; `folded` is the sparsified model without its sparse kernels; ONNX Runtime folds norms, too.
 */
export async function mobileNet(rounds: number): Promise<Figure[]> {
  const model = await prunable(tf.sequential({layers: mobileNetV1()}));
  await prune(model, SPARSITY, {where: () => true});
  const [plain, fast] = [await strip(model), await sparsify(model)];
  const x = tf.randomUniform([1, 224, 224, 3]) as tf.Tensor4D;
  const sparse = predicted(fast, x);
  const onnx = await onnxRuntime(plain, x);
  const others: {name: string; run: () => Float32Array | Promise<Float32Array>; goal?: string}[] = [
    {name: 'plain', run: predicted(plain, x)},
    {name: 'dense, folded', run: sparse, goal: '>= 3.3'},
    ...(onnx ? [{name: 'onnxruntime-web', run: onnx}] : []),
  ];
  const figures: Figure[] = [];
  for (const {name, run, goal = ''} of others) {
    const prepare = {a: uninstall, b: install};
    prepare.a();
    const actual = await run();
    prepare.b();
    assertEqual(actual, sparse(), name);
    figures.push({
      name: `sparse: time ${name} / sparsify on wasm, ${SPARSITY * 100} %, batch 1, MobileNetV1, 224²`,
      ratio: await ratio(run, sparse, Math.ceil(rounds / 5), prepare),
      goal,
    });
  }
  install();
  tf.dispose(x);
  for (const one of [model, plain, fast]) one.dispose();
  return figures;
}
