import * as tf from '@tensorflow/tfjs';
import {
  activationEntropyLoss,
  activationKlLoss,
  activationL1Loss,
  addSparsityLoss,
  channel,
  elastic,
  groupLasso,
  l1,
  l2,
  lp,
  type Penalty,
  prunableWeights,
  prune,
  weightEntropyLoss,
} from 'tfjs-pruning';
import {mlp} from '../support/models';
import {optimizers} from '../support/optimizers';
import {asOnCpu, type Behavior, equal, needing, type Own, ok} from './behavior';
import {compiled, data, kernelsOf, masksOf, networks, valuesOf, weightsOf} from './networks';

const penalties: Record<string, Penalty> = {
  'l1()': l1(),
  'l2()': l2(),
  'elastic()': elastic(),
  'lp()': lp(),
  'groupLasso(channel())': groupLasso(channel()),
  'weightEntropyLoss()': weightEntropyLoss(),
  'activationL1Loss()': activationL1Loss(),
  'activationKlLoss()': activationKlLoss(),
  'activationEntropyLoss()': activationEntropyLoss(),
};

/** The gradient of the mean squared outputs plus the other losses, by the name of each trained weight. */
async function gradientsOf(model: tf.LayersModel, x: tf.Tensor): Promise<Map<string, number[]>> {
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const {value, grads} = tf.variableGrads(
    () =>
      tf.tidy(() => {
        const outputs = model.apply(x, {training: true}) as tf.Tensor;
        return [tf.mean(tf.square(outputs)), ...model.calculateLosses()].reduce((sum, loss) =>
          tf.add(sum, loss),
        ) as tf.Scalar;
      }),
    variables,
  );
  const found = await Promise.all(
    variables.map(async ({name}) => [name, await valuesOf(grads[name])] as const),
  );
  tf.dispose([value, grads]);
  return new Map(found);
}

const trains = async (own: Own, model: tf.LayersModel, steps: number) => {
  const {x, y} = data(own, model);
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
};

/** The number of elements whose weight or mask is 0, but not both. */
async function misplaced(model: tf.LayersModel): Promise<number> {
  const masks = (await masksOf(model)).flat();
  return (await kernelsOf(model)).flat().filter((value, i) => (value === 0) !== (masks[i] === 0)).length;
}

export const gradients: Record<string, Behavior> = {
  ...Object.fromEntries(
    networks.map(({name, make, needs = ''}) => [
      `the gradients of ${name} are 0 for masked weights, and equal to the CPU for the others`,
      needing(needs, async (own) => {
        await asOnCpu(async (own) => {
          const model = own(make());
          const {x} = data(own, model);
          await prune(model, 0.5);
          return [...(await gradientsOf(model, x)).values()];
        });
        const model = own(make());
        const {x} = data(own, model);
        await prune(model, 0.5);
        const masks = await masksOf(model);
        const found = await gradientsOf(model, x);
        const right = prunableWeights(model).map(({value: {name}}, i) =>
          found.get(name)?.every((gradient, j) => masks[i][j] === 1 || gradient === 0),
        );
        ok(right.every(Boolean), 'each weight has a gradient of 0 wherever it is masked');
      }),
    ]),
  ),

  ...Object.fromEntries(
    networks.map(({name, make, needs = ''}) => [
      `training a pruned network of ${name} gives the weights of the CPU`,
      needing(needs, async () => {
        await asOnCpu(async (own) => {
          const model = own(compiled(make()));
          await prune(model, 0.5);
          await trains(own, model, 3);
          return weightsOf(model);
        }, 1e-3);
      }),
    ]),
  ),

  ...Object.fromEntries(
    optimizers.map(({name, make}) => [
      `${name} leaves masked weights at 0, also those that moved before`,
      async (own) => {
        const model = own(mlp());
        const optimizer = make();
        model.compile({optimizer, loss: 'meanSquaredError'});
        // Momentum leaks the rate of its base class.
        own({dispose: () => [optimizer, (optimizer as {c?: tf.Tensor}).c].map((one) => one?.dispose())});
        await trains(own, model, 2);
        await prune(model, 0.5);
        await trains(own, model, 3);
        equal(await misplaced(model), 0);
      },
    ]),
  ),

  ...Object.fromEntries(
    Object.entries(penalties).map(([name, penalty]) => [
      `${name} has the loss and the gradient of the CPU`,
      async () => {
        await asOnCpu(async (own) => {
          const model = own(compiled(mlp()));
          const {x} = data(own, model);
          await prune(model, 0.3);
          const end = addSparsityLoss(model, {penalty, strength: 0.1});
          const found = await gradientsOf(model, x);
          end();
          return [...found.values()];
        }, 1e-3);
      },
    ]),
  ),
};
