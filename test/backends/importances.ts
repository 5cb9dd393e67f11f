import * as tf from '@tensorflow/tfjs';
import {
  activation,
  activationEntropy,
  apoz,
  channel,
  contribution,
  fisher,
  geometricMedian,
  gradient,
  hessian,
  type Importance,
  magnitude,
  measure,
  movement,
  type Network,
  norm,
  prunableWeights,
  prune,
  recalibrate,
  sensitivity,
  taylor,
  weightEntropy,
  weightZeros,
} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {asOnCpu, type Behavior, needing, ok} from './behavior';
import {compiled, data, images, masksOf, networks, outputsOf, weightsOf} from './networks';

export const importancesByName: Record<string, Importance> = {
  'magnitude()': magnitude(),
  'norm()': norm(),
  'geometricMedian()': geometricMedian(),
  'weightEntropy()': weightEntropy(),
  'weightZeros()': weightZeros(),
  'gradient()': gradient(),
  'taylor()': taylor(),
  'fisher()': fisher(),
  'hessian()': hessian(),
  'movement()': movement(),
  'contribution()': contribution(),
  'activation()': activation(),
  "activation({statistic: 'max'})": activation({statistic: 'max'}),
  'apoz()': apoz(),
  'activationEntropy()': activationEntropy(),
  "activationEntropy({side: 'input'})": activationEntropy({side: 'input'}),
};

const [dense, convolutions] = networks;

/** The scores of an importance for the weights of a network. */
async function scoresOf(model: tf.LayersModel, importance: Importance, x: tf.Tensor, y: tf.Tensor) {
  const statistics =
    importance.needs && (await measure(model, x, y, {needs: importance.needs, batchSize: 6}));
  const found: number[][] = [];
  for (const [index, weight] of prunableWeights(model).entries()) {
    // A weight inside its layer has no outputs.
    const isKnown = importance.needs?.every(({name}) => statistics?.get(weight.name)?.[name]) ?? true;
    if (!isKnown) continue;
    const scores = tf.tidy(() =>
      importance({
        ...weight,
        who: 'prune',
        network: {} as Network,
        index,
        statistics: statistics?.get(weight.name) ?? {},
      }),
    );
    found.push([...(await scores.data())]);
    scores.dispose();
  }
  return found;
}

/** Importances with gradients need the gradient kernels of convolutions. */
const needsOf = ({needs = []}: Importance, trained = '') =>
  needs.some(({source}) => source.toLowerCase().endsWith('gradients')) ? trained : '';

const scoresAlike = (name: string, importance: Importance, {make, needs}: (typeof networks)[number]) =>
  needing(needsOf(importance, needs), async () => {
    await asOnCpu(
      async (own) => {
        const model = own(compiled(make()));
        const {x, y} = data(own, model);
        return scoresOf(model, importance, x, y);
      },
      name.includes('Entropy') ? 5e-2 : 1e-3,
    );
  });

export const importances: Record<string, Behavior> = {
  ...Object.fromEntries(
    Object.entries(importancesByName).flatMap(([name, importance]) => [
      [`${name} scores dense layers as on the CPU`, scoresAlike(name, importance, dense)],
      [`${name} scores convolutions as on the CPU`, scoresAlike(name, importance, convolutions)],
    ]),
  ),

  ...Object.fromEntries(
    Object.entries(importancesByName).map(([name, importance]) => [
      `pruning() by ${name} collects its statistics during fit, and prunes units`,
      async (own) => {
        const model = own(compiled(dense.make()));
        const {x, y} = data(own, model);
        const callback = pruning({schedule: () => 0.5, begin: 0, end: 0, importance, pattern: channel()});
        await model.fit(x, y, {epochs: 1, batchSize: 8, verbose: 0, callbacks: [callback]});
        const [hidden] = await masksOf(model);
        ok(hidden.filter((bit) => bit === 0).length === 12, 'three of six units with four inputs each go');
      },
    ]),
  ),

  'sensitivity() of each weight equals that on the CPU, and leaves the network unchanged': async () => {
    await asOnCpu(async (own) => {
      const model = own(compiled(dense.make()));
      const {x, y} = data(own, model);
      const before = await weightsOf(model);
      const {baseline, weights} = await sensitivity(model, x, y, {sparsities: [0.5, 0.9]});
      ok(
        JSON.stringify(await weightsOf(model)) === JSON.stringify(before),
        'weights and masks are unchanged',
      );
      return [[baseline], ...weights.map(({figures}) => figures)];
    });
  },

  'recalibrate() measures batch normalization as on the CPU': async () => {
    await asOnCpu(async (own) => {
      const model = own(images());
      const {x} = data(own, model);
      await prune(model, 0.5, {pattern: channel()});
      await recalibrate(model, x, {batchSize: 8});
      return [await outputsOf(model, x), ...(await weightsOf(model))];
    }, 1e-3);
  },
};
