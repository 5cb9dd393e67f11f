import * as tf from '@tensorflow/tfjs';
import {channel, compact, compactReport, prunableWeights, prune, sparsify, strip} from 'tfjs-pruning';
import {prunable, prunableDense} from 'tfjs-pruning/layers';
import {expectNoLeakedTensors} from '../support/memory';
import {mlp, outputsOf} from '../support/models';
import {optimizers, slotsOf} from '../support/optimizers';
import {saveAndLoad} from '../support/saving';

type Symbolic = tf.SymbolicTensor;
const apply = (one: tf.layers.Layer, input: Symbolic | Symbolic[]) => one.apply(input) as Symbolic;

/** A learning rate at which no optimizer diverges. */
const seeded = (seed: number) => tf.initializers.randomNormal({stddev: 0.3, seed});
const conv = (filters: number, name: string, seed: number) =>
  tf.layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    useBias: false,
    kernelInitializer: seeded(seed),
    name,
  });
const dense = (units: number, name: string, seed: number) =>
  tf.layers.dense({units, kernelInitializer: seeded(seed), biasInitializer: seeded(seed + 1), name});
const relu = () => tf.layers.activation({activation: 'relu'});
const image = () => tf.input({shape: [3, 3, 2]});

/** Plain networks with all structures that compact edits. */
const networks: [name: string, make: () => tf.LayersModel][] = [
  [
    'convolutions, batch norms and a dense layer',
    () => {
      const layers = [conv(4, 'a', 1), tf.layers.batchNormalization({}), relu(), conv(4, 'b', 2), relu()];
      return tf.sequential({
        layers: [
          tf.layers.inputLayer({inputShape: [3, 3, 2]}),
          ...layers,
          tf.layers.flatten(),
          dense(3, 'out', 3),
        ],
      });
    },
  ],
  [
    'a residual network',
    () => {
      const input = image();
      const first = apply(relu(), apply(conv(4, 'stem', 4), input));
      const branch = apply(conv(4, 'branch', 5), apply(relu(), apply(conv(4, 'inner', 6), first)));
      const sum = apply(tf.layers.add(), [first, branch]);
      const pooled = apply(tf.layers.globalAveragePooling2d({}), apply(relu(), sum));
      return tf.model({inputs: input, outputs: apply(dense(3, 'out', 7), pooled)});
    },
  ],
  [
    'recurrent layers',
    () => {
      const initializers = (seed: number) => ({
        kernelInitializer: seeded(seed),
        recurrentInitializer: seeded(seed + 1),
      });
      return tf.sequential({
        layers: [
          tf.layers.lstm({units: 4, returnSequences: true, inputShape: [3, 5], ...initializers(9)}),
          tf.layers.gru({units: 4, ...initializers(11)}),
          dense(3, 'out', 13),
        ],
      });
    },
  ],
  [
    'frozen layers',
    () => {
      const frozen = dense(6, 'frozen', 15);
      frozen.trainable = false;
      return tf.sequential({
        layers: [
          tf.layers.inputLayer({inputShape: [5]}),
          dense(6, 'first', 17),
          relu(),
          frozen,
          relu(),
          dense(4, 'last', 19),
          relu(),
          dense(3, 'out', 21),
        ],
      });
    },
  ],
  [
    'a shared layer and a nested model',
    () => {
      const [one, other] = [tf.input({shape: [5]}), tf.input({shape: [5]})];
      const tower = tf.sequential({
        name: 'tower',
        layers: [
          tf.layers.inputLayer({inputShape: [5]}),
          dense(6, 'hidden', 23),
          relu(),
          dense(4, 'code', 25),
          relu(),
        ],
      });
      const shared = dense(4, 'shared', 27);
      const both = [one, other].map((input) => apply(relu(), apply(shared, apply(tower, input))));
      return tf.model({
        inputs: [one, other],
        outputs: apply(dense(3, 'out', 29), apply(tf.layers.concatenate(), both)),
      });
    },
  ],
];

/** Trains for some steps, each on different examples. */
async function train(model: tf.LayersModel, steps: number[]): Promise<void> {
  for (const step of steps) {
    const xs = model.inputs.map(({shape}, i) =>
      tf.randomNormal([4, ...(shape.slice(1) as number[])], 0, 1, 'float32', 10 * step + i + 1),
    );
    const y = tf.randomNormal([4, 3], 0, 1, 'float32', 10 * step);
    await model.trainOnBatch(xs.length === 1 ? xs[0] : xs, y);
    tf.dispose([xs, y]);
  }
}

const valuesOf = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const remembered = ({optimizer}: tf.LayersModel) =>
  slotsOf(optimizer).map((list) => list.map(({variable}) => [...variable.dataSync()]));
const variablesIn = ({optimizer}: tf.LayersModel) =>
  Object.values(optimizer).flatMap((value) => (value instanceof tf.Variable ? [...value.dataSync()] : []));

function farthest(a: number[], b: number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

/** A network during training, with half of its channels masked. */
async function masked(make: () => tf.LayersModel, optimizer: tf.Optimizer): Promise<tf.LayersModel> {
  const plain = make();
  const model = await prunable(plain);
  plain.dispose();
  model.compile({optimizer, loss: 'meanSquaredError'});
  await train(model, [1, 2, 3]);
  await prune(model, 0.5, {pattern: channel()});
  await train(model, [4, 5]);
  return model;
}

describe.each(networks)('with %s', (_, make) => {
  it.each(optimizers)(
    'the result of compact() continues training like the original model: $name',
    async (row) => {
      const model = await masked(make, row.make());
      const [small, afresh] = [await compact(model), await compact(model)];
      afresh.compile({optimizer: row.make(), loss: 'meanSquaredError'});
      expect(compactReport(small).after.parameters).toBeLessThan(compactReport(small).before.parameters);
      expect(small.optimizer.iterations).toBe(5);
      for (const each of [model, small, afresh]) await train(each, [6, 7, 8]);
      const expected = await compact(model);
      expect(farthest(valuesOf(small), valuesOf(expected))).toBeLessThan(1e-4);
      expect(farthest(remembered(small).flat(2), remembered(expected).flat(2))).toBeLessThan(1e-4);
      expect(variablesIn(small)).toEqual(variablesIn(model));
      expect(small.optimizer.iterations).toBe(8);
      // Adadelta of tfjs steps like SGD, as both its lists stay equal.
      if (!['sgd', 'adadelta'].includes(row.name)) {
        expect(farthest(valuesOf(afresh), valuesOf(expected))).toBeGreaterThan(1e-3);
      }
    },
  );
});

describe.each(networks.filter((_, i) => i !== 1 && i !== 2))('with %s', (_, make) => {
  it.each(optimizers)(
    'prunable(), strip() and sparsify() copy every bit of the slots: $name',
    async (row) => {
      const plain = make();
      plain.compile({optimizer: row.make(), loss: 'meanSquaredError'});
      await train(plain, [1, 2, 3]);
      const model = await prunable(plain);
      const copies = [model, await strip(model), await sparsify(model, {foldNorms: false})];
      for (const each of [plain, ...copies]) await train(each, [4, 5]);
      for (const copy of copies) {
        expect(copy.optimizer.iterations).toBe(5);
        expect(outputsOf(copy)).toEqual(outputsOf(plain));
        expect(remembered(copy)).toEqual(remembered(plain));
        expect(variablesIn(copy)).toEqual(variablesIn(plain));
      }
    },
  );
});

describe.each(optimizers)('with $name', ({name, make}) => {
  const [, network] = networks[0];

  it('compact() names each slot after its weight', async () => {
    const small = await compact(await masked(network, make()));
    const trained = small.trainableWeights.map((weight) => weight.name);
    for (const list of slotsOf(small.optimizer)) {
      expect(list.map(({originalName}) => originalName.replace(/\/[^/]*$/, ''))).toEqual(trained);
      expect(list.map(({variable}) => variable.shape)).toEqual(
        small.trainableWeights.map(({shape}) => shape),
      );
      expect(list.map(({variable}) => variable.trainable)).toEqual(trained.map(() => false));
    }
  });

  it('disposing the result of compact() frees its slots, and not those of the model', async () => {
    const model = await masked(network, make());
    const before = remembered(model);
    await expectNoLeakedTensors(async () => {
      const small = await compact(model);
      await train(small, [6]);
      small.dispose();
    });
    expect(remembered(model)).toEqual(before);
    await train(model, [6]);
  });

  // Adamax cannot be saved.
  if (name !== 'adamax') {
    it('the result of compact() is saved with its optimizer, and continues training after loading', async () => {
      const small = await compact(await masked(network, make()));
      const loaded = await saveAndLoad(small, {includeOptimizer: true});
      expect(remembered(loaded)).toEqual(remembered(small));
      for (const each of [small, loaded]) await train(each, [6, 7]);
      expect(farthest(valuesOf(loaded), valuesOf(small))).toBeLessThan(1e-5);
    });

    it('compact() copies the slots of a loaded model, with any names', async () => {
      const model = await saveAndLoad(await masked(network, make()), {includeOptimizer: true});
      const small = await compact(model);
      for (const each of [model, small]) await train(each, [6, 7]);
      expect(farthest(valuesOf(small), valuesOf(await compact(model)))).toBeLessThan(1e-4);
    });
  }
});

/** Momentum as a custom class, which may have more state than its slots. */
class Own extends tf.MomentumOptimizer {
  static override get className() {
    return 'Own';
  }
}

const trainedMlp = async (optimizer: tf.Optimizer): Promise<tf.LayersModel> => {
  const model = mlp();
  model.compile({optimizer, loss: 'meanSquaredError'});
  await train(model, [1, 2]);
  return model;
};

it('compact() resets a custom optimizer', async () => {
  const copy = await strip(await trainedMlp(new Own(0.1, 0.9)));
  expect(copy.optimizer).toBeInstanceOf(Own);
  expect([remembered(copy), copy.optimizer.iterations]).toEqual([[], 0]);
});

it.each(optimizers)('compact() resets a disposed optimizer: $name', async ({make}) => {
  const model = await trainedMlp(make());
  model.optimizer.dispose();
  const copy = await strip(model);
  expect([remembered(copy).flat(), copy.optimizer.iterations]).toEqual([[], 0]);
  await train(copy, [3]);
});

it('compact() resets an optimizer with the slots of another model', async () => {
  const {optimizer} = await trainedMlp(tf.train.adam(0.1));
  const model = networks[3][1]();
  model.compile({optimizer, loss: 'meanSquaredError'});
  const copy = await prunable(model);
  expect([remembered(copy).flat(), copy.optimizer.iterations]).toEqual([[], 0]);
});

it('compact() resets the slots of a weight that was frozen, and copies the others', async () => {
  const model = await trainedMlp(tf.train.adagrad(0.1, 0.25));
  const before = remembered(model);
  model.layers[0].trainable = false;
  const half = await strip(model);
  expect(remembered(half)).toEqual(before.map((list) => list.slice(2)));
});

it('compact() copies the slots of a bias that absorbs constants, and resets those of a new bias', async () => {
  const make = (useBias: boolean) =>
    tf.sequential({
      layers: [
        prunableDense({units: 3, inputShape: [2], kernelInitializer: seeded(1), name: 'first'}),
        prunableDense({units: 3, useBias, kernelInitializer: seeded(2), name: 'second'}),
      ],
    });
  for (const useBias of [true, false]) {
    const model = make(useBias);
    model.compile({optimizer: tf.train.adagrad(0.1, 0.25), loss: 'meanSquaredError'});
    await train(model, [1, 2]);
    const [first] = prunableWeights(model);
    // Masks the kernel of the first unit but not its bias, so that its output is constant.
    tf.tidy(() => first.mask.assign(tf.tensor([0, 1, 1, 0, 1, 1], [2, 3], 'bool')));
    const slots = remembered(model)[0];
    const small = await compact(model);
    expect(small.layers[0].countParams()).toBe(2 * 2 + 2);
    const without = (values: number[], width: number) => values.filter((_, i) => i % width > 0);
    expect(remembered(small)[0]).toEqual([
      without(slots[0], 3),
      without(slots[1], 3),
      slots[2].slice(3),
      useBias ? slots[3] : [0.25, 0.25, 0.25],
    ]);
  }
});

it('prunable() with {zeros: "mask"} resets the slots of masked elements', async () => {
  const plain = networks[3][1]();
  plain.compile({optimizer: tf.train.momentum(0.1, 0.9), loss: 'meanSquaredError'});
  await train(plain, [1, 2]);
  const first = plain.getLayer('first');
  const [kernel, bias] = first.getWeights();
  first.setWeights([tf.mul(kernel, tf.cast(tf.greater(kernel, 0), 'float32')), bias]);
  const model = await prunable(plain, {zeros: 'mask'});
  const [{value}] = prunableWeights(model);
  const zeros = [...value.dataSync()].map((one) => one === 0);
  expect(zeros).toContain(true);
  expect(remembered(model)[0][0].map((slot) => slot === 0)).toEqual(zeros);
  await train(model, [3, 4]);
  expect([...value.dataSync()].map((one) => one === 0)).toEqual(zeros);
});
