import * as tf from '@tensorflow/tfjs';
import {
  type Allocation,
  block,
  channel,
  erdosRenyi,
  global,
  inputChannel,
  kernel,
  lamp,
  layer,
  nOfM,
  type Pattern,
  prunableWeights,
  prune,
  random,
  report,
  threshold,
  uniform,
  within,
} from 'tfjs-pruning';
import {oneDense} from '../support/models';
import {asOnCpu, type Behavior, close, equal, refused} from './behavior';
import {compiled, data, images, kernelsOf, masksOf, networks, outputsOf} from './networks';

const patterns: Record<string, Pattern> = {
  'channel()': channel(),
  'inputChannel()': inputChannel(),
  'kernel()': kernel(),
  'block(2, 2)': block(2, 2),
  'nOfM({n: 1, m: 2})': nOfM({n: 1, m: 2}),
  'layer()': layer(),
};

const allocations: Record<string, Allocation> = {
  'global()': global(),
  'global({normalize: lamp})': global({normalize: lamp}),
  'erdosRenyi()': erdosRenyi(),
  'within(uniform(), {max: 0.6})': within(uniform(), {max: 0.6}),
};

/** A network pruned by a recipe has the masks and the outputs of the CPU. */
const prunes =
  (recipe: Parameters<typeof prune>[2], target: Parameters<typeof prune>[1] = 0.5): Behavior =>
  async () => {
    await asOnCpu(async (own) => {
      const model = own(images());
      const {x} = data(own, model);
      await outputsOf(model, x);
      await prune(model, target, recipe);
      return [...(await masksOf(model)), ...(await kernelsOf(model)), await outputsOf(model, x)];
    });
  };

export const masks: Record<string, Behavior> = {
  'prune() keeps exact counts, and the first of equal scores': async (own) => {
    const model = own(oneDense([[1, -1, 1, -1, 1, 3, -2, 1, 1, 1]]));
    const {sparsity} = await prune(model, 0.5);
    equal(await masksOf(model), [[1, 1, 1, 0, 0, 1, 1, 0, 0, 0]]);
    equal(await kernelsOf(model), [[1, -1, 1, 0, 0, 3, -2, 0, 0, 0]]);
    equal(sparsity, 0.5);
  },

  'a masked weight of any value does not affect the outputs': async (own) => {
    const model = own(
      oneDense([
        [1, 2],
        [3, 4],
      ]),
    );
    const x = own(tf.tensor2d([[10, 1]]));
    close(await outputsOf(model, x), [13, 24]);
    await prune(model, 0.5);
    close(await outputsOf(model, x), [3, 4]);
    tf.tidy(() => prunableWeights(model)[0].value.assign(tf.ones([2, 2])));
    close(await outputsOf(model, x), [1, 1]);
  },

  'masked elements stay masked, and sparsity 0 changes nothing': async (own) => {
    const model = own(images());
    await prune(model, 0.5, {importance: random({seed: 1})});
    const before = await masksOf(model);
    await prune(model, 0);
    equal(await masksOf(model), before);
    await prune(model, 0.7, {importance: random({seed: 2})});
    const after = await masksOf(model);
    equal(
      after.map((mask, i) => mask.every((bit, j) => bit <= before[i][j])),
      after.map(() => true),
    );
  },

  'report() counts the remaining elements': async (own) => {
    const model = own(images());
    const {x} = data(own, model);
    equal(report(model).total.sparsity, 0);
    await outputsOf(model, x);
    equal(report(model).total.sparsity, 0);
    const {sparsity} = await prune(model, 0.5, {pattern: channel()});
    const kept = (await masksOf(model)).flat().reduce((sum, bit) => sum + bit, 0);
    const {total} = report(model);
    equal([total.kept, total.sparsity], [kept, sparsity]);
  },

  'invalid arguments throw and change nothing': async (own) => {
    const model = own(oneDense([[1, Number.NaN, 2]]));
    await refused(prune(model, 0.5), /weight "only\/kernel" has score NaN at element 1/);
    await refused(prune(model, 1), /sparsity must be a number in \[0, 1\)/);
    equal(await masksOf(model), [[1, 1, 1]]);
  },

  'threshold() keeps the same units as on the CPU': prunes({}, threshold(0.3)),
  ...Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => [
      `${name} keeps the same units as on the CPU`,
      prunes({pattern}),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(allocations).map(([name, allocation]) => [
      `${name} keeps the same units as on the CPU`,
      prunes({allocation}),
    ]),
  ),
  ...Object.fromEntries(
    networks.map(({name, make}) => [
      `a pruned network of ${name} has the outputs of the CPU`,
      async () => {
        await asOnCpu(async (own) => {
          const model = own(compiled(make()));
          const {x} = data(own, model);
          await prune(model, 0.6);
          return [...(await masksOf(model)), await outputsOf(model, x)];
        });
      },
    ]),
  ),
};
