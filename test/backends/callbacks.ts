import * as tf from '@tensorflow/tfjs';
import {channel, constant, groupLasso, l1, linear, report, taylor} from 'tfjs-pruning';
import {
  autoPrune,
  distillation,
  evaluation,
  iterativePruning,
  learningRate,
  project,
  pruning,
  quantization,
  sparsityLoss,
} from 'tfjs-pruning/callbacks';
import {f1} from 'tfjs-pruning/metrics';
import {asOnCpu, type Behavior, equal, needing, ok} from './behavior';
import {compiled, data, kernelsOf, networks, weightsOf} from './networks';

const quiet = {shuffle: false, verbose: 0} as const;
const [small] = networks;

/** A fit of four epochs of two batches, which ends with the weights and metrics of the CPU. */
const fits =
  (makeCallbacks: () => tf.Callback[], args: tf.ModelFitArgs = {}): Behavior =>
  async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(small.make()));
      const {x, y} = data(own, model);
      const {history} = await model.fit(x, y, {
        ...quiet,
        epochs: 4,
        batchSize: 8,
        validationData: [x, y],
        ...args,
        callbacks: makeCallbacks(),
      });
      const figures = Object.keys(history)
        .sort()
        .map((name) => (history[name] as number[]).map((figure) => (Number.isNaN(figure) ? -1 : figure)));
      return [...figures, ...(await weightsOf(model))];
    }, 1e-3);
  };

export const callbacks: Record<string, Behavior> = {
  'pruning() by epochs follows its schedule, and reports it in the history': async (own) => {
    const model = own(compiled(small.make()));
    const {x, y} = data(own, model);
    const callback = pruning({schedule: linear({from: 0, to: 0.5}), begin: 0, end: 2});
    const {history} = await model.fit(x, y, {...quiet, epochs: 4, callbacks: [callback]});
    // A quarter of 24 and 18 elements is 6 and 4.5.
    equal(
      (history.sparsity as number[]).map((sparsity) => Math.round(sparsity * 42)),
      [0, 10, 21, 21],
    );
    equal(report(model).total.kept, 21);
    equal((await kernelsOf(model)).flat().filter((value) => value === 0).length, 21);
  },

  'pruning() by epochs trains as on the CPU': fits(() => [pruning({schedule: linear({to: 0.5}), end: 2})]),
  'quantization() to a codebook trains as on the CPU': fits(() => [
    pruning({schedule: constant(0.5), begin: 0, end: 0}),
    quantization({bits: 3}),
  ]),
  'quantization() to a scale per channel trains as on the CPU': fits(() => [
    quantization({bits: 4, granularity: 'channel', begin: 1}),
  ]),
  'pruning() by batches trains as on the CPU': fits(() => [
    pruning({schedule: constant(0.5), unit: 'batch', begin: 2, end: 6, every: 2}),
  ]),
  'pruning() of channels by taylor() trains as on the CPU': fits(() => [
    pruning({schedule: constant(0.5), end: 1, pattern: channel(), importance: taylor()}),
  ]),
  'pruning() with statistics that decay trains as on the CPU': fits(() => [
    pruning({schedule: constant(0.5), end: 1, importance: taylor(), collect: {decay: 0.9}}),
  ]),
  'sparsityLoss() trains as on the CPU': fits(() => [sparsityLoss({penalty: l1(), strength: 0.01})]),
  'sparsityLoss() by proximal steps trains as on the CPU': fits(() => [
    sparsityLoss({penalty: groupLasso(channel()), strength: 0.1, proximal: true}),
  ]),
  'distillation() trains as on the CPU': fits(() => [
    distillation({teacher: 'self', share: 0.7, begin: 1, layers: [['hidden', 'hidden']]}),
  ]),
  'learningRate() trains as on the CPU': fits(() => [
    learningRate({schedule: linear({from: 0.2, to: 0.01}), unit: 'batch'}),
  ]),
  'project() trains as on the CPU': fits(() => [project({sparsity: 0.5})]),
  'evaluation() reports the metrics of the CPU': async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(small.make()));
      const {x, y} = data(own, model);
      const {history} = await model.fit(x, y, {
        ...quiet,
        epochs: 2,
        callbacks: [evaluation({metrics: [f1()], data: [x, y], batchSize: 5})],
      });
      return [history.val_f1 as number[]];
    });
  },
  'iterativePruning() reaches the sparsity and the weights of the CPU': fits(
    () => [iterativePruning({monitor: 'val_loss', maxDrop: 0.2, step: 0.25, recover: 1})],
    {epochs: 7},
  ),

  'autoPrune() tries the methods of the CPU': async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(small.make()));
      const {x, y} = data(own, model);
      const fit = {...quiet, epochs: 3};
      const {tried} = await autoPrune(
        model,
        {x, y, validationData: [x, y]},
        {monitor: 'val_loss', maxDrop: 1, fit, trial: {sparsity: 0.5}},
      );
      ok(tried.length === 3 && tried.every(({error}) => error === undefined), 'each recipe could be tried');
      return [tried.map(({metric}) => metric)];
    }, 1e-3);
  },

  'fitDataset prunes as fit does': async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(small.make()));
      const {x, y} = data(own, model);
      const [xs, ys] = await Promise.all([x, y].map((tensor) => tensor.array()));
      const batches = tf.data
        .zip({xs: tf.data.array(xs as number[][]), ys: tf.data.array(ys as number[][])})
        .batch(8);
      const {history} = await model.fitDataset(batches as tf.data.Dataset<tf.TensorContainer>, {
        epochs: 3,
        verbose: 0,
        callbacks: [pruning({schedule: constant(0.5), end: 1})],
      });
      return [history.sparsity as number[], ...(await weightsOf(model))];
    }, 1e-3);
  },

  'pruning() of convolutions in fit trains as on the CPU': needing(networks[1].needs as string, async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(networks[1].make()));
      const {x, y} = data(own, model);
      const recipe = {schedule: constant(0.5), pattern: channel()};
      const {history} = await model.fit(x, y, {
        ...quiet,
        epochs: 2,
        batchSize: 8,
        callbacks: [pruning({...recipe, end: 0})],
      });
      return [history.sparsity as number[], ...(await weightsOf(model))];
    }, 1e-3);
  }),
};
