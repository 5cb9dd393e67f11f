import * as tf from '@tensorflow/tfjs';
import {constant, linear, prunableWeights, prune, type Weight} from 'tfjs-pruning';
import {iterativePruning, pruning} from 'tfjs-pruning/callbacks';
import {saveAndLoad} from '../support/saving';
import {type Behavior, close, equal} from './behavior';
import {compiled, data, masksOf, networks, weightsOf} from './networks';

const quiet = {shuffle: false, verbose: 0, batchSize: 8} as const;
const [small] = networks;

/** A state after JSON, as another process would read it. */
const carried = <State>(state: State): State => JSON.parse(JSON.stringify(state));

/** A network as loaded in another process, ready to continue. */
async function loaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  return compiled(await saveAndLoad(model));
}

export const resume: Record<string, Behavior> = {
  'a pruned network that was saved and loaded continues training unchanged': async (own) => {
    const model = own(compiled(small.make()));
    const {x, y} = data(own, model);
    await model.fit(x, y, {...quiet, epochs: 1});
    await prune(model, 0.5);
    const back = own(await loaded(model));
    for (const one of [model, back]) await one.fit(x, y, {...quiet, epochs: 2});
    equal(await masksOf(back), await masksOf(model));
    for (const [i, weight] of (await weightsOf(model)).entries()) close((await weightsOf(back))[i], weight);
  },

  'pruning() by batches resumes where it stopped': async (own) => {
    const make = () => pruning({schedule: linear({to: 0.6}), unit: 'batch', begin: 0, end: 7});
    const whole = own(compiled(small.make()));
    const {x, y} = data(own, whole);
    await whole.fit(x, y, {...quiet, epochs: 4, callbacks: [make()]});

    const first = own(compiled(small.make()));
    const stopped = make();
    class Stop extends tf.Callback {
      override async onEpochEnd(epoch: number) {
        this.model.stopTraining = epoch === 1;
      }
    }
    await first.fit(x, y, {...quiet, epochs: 4, callbacks: [stopped, new Stop()]});
    const second = own(await loaded(first));
    const going = make();
    going.restore(carried(stopped.state()));
    await second.fit(x, y, {...quiet, epochs: 4, initialEpoch: 2, callbacks: [going]});

    equal(await masksOf(second), await masksOf(whole));
    for (const [i, weight] of (await weightsOf(whole)).entries()) close((await weightsOf(second))[i], weight);
  },

  'iterativePruning() undoes a step that exceeds the budget, bit for bit': async (own) => {
    const model = own(compiled(small.make(), 'adam'));
    const {x, y} = data(own, model);
    let before: number[][] = [];
    class Spoil extends tf.Callback {
      override async onEpochEnd(epoch: number) {
        if (epoch === 1) before = await weightsOf(this.model);
      }
      override async onEpochBegin(epoch: number) {
        const spoil = ({value}: Weight) => tf.tidy(() => value.assign(tf.mul(value, 10)));
        if (epoch === 2) prunableWeights(this.model).forEach(spoil);
      }
    }
    const loop = iterativePruning({monitor: 'val_loss', begin: 1, step: 0.5, minStep: 0.5, recover: 1});
    await model.fit(x, y, {...quiet, epochs: 4, validationData: [x, y], callbacks: [new Spoil(), loop]});
    equal(
      loop.rounds.map(({epoch, accepted}) => [epoch, accepted]),
      [[1, false]],
    );
    equal(await weightsOf(model), before);
  },

  'iterativePruning() resumes in another process, with the same weights': async (own) => {
    const make = () => iterativePruning({monitor: 'val_loss', maxDrop: 1, step: 0.2, recover: 1});
    const args = {...quiet, epochs: 5};
    const whole = own(compiled(small.make()));
    const {x, y} = data(own, whole);
    await whole.fit(x, y, {...args, validationData: [x, y], callbacks: [make()]});

    const first = own(compiled(small.make()));
    const stopped = make();
    await first.fit(x, y, {...args, epochs: 2, validationData: [x, y], callbacks: [stopped]});
    const second = own(await loaded(first));
    const going = make();
    going.restore(carried(stopped.state()));
    await second.fit(x, y, {...args, initialEpoch: 2, validationData: [x, y], callbacks: [going]});
    equal(
      going.rounds.map(({accepted}) => accepted),
      going.rounds.map(() => true),
    );
    equal(await masksOf(second), await masksOf(whole));
  },

  'a callback works again in the next fit': async (own) => {
    const model = own(compiled(small.make()));
    const {x, y} = data(own, model);
    const callback = pruning({schedule: constant(0.5), begin: 0, end: 0});
    for (const _ of [1, 2]) await model.fit(x, y, {...quiet, epochs: 1, callbacks: [callback]});
    equal(
      callback.results.map(({sparsity}) => sparsity),
      [0.5, 0.5],
    );
  },
};
