import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  element,
  fromSensitivity,
  type Group,
  global,
  inputChannel,
  perWeight,
  prunableWeights,
  prune,
  sensitivity,
  threshold,
} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {
  prunable,
  prunableBatchNormalization,
  prunableConv2d,
  prunableDense,
  prunableDepthwiseConv2d,
  prunableLstm,
} from 'tfjs-pruning/layers';
import {difference} from '../support/compare';
import {masksOf, mlp, outputsOf, seeded, setKernels} from '../support/models';
import {expectRefusal} from '../support/state';

type Symbolic = tf.SymbolicTensor;
const apply = (one: tf.layers.Layer, input: Symbolic | Symbolic[]) => one.apply(input) as Symbolic;
const maskOf = (model: tf.LayersModel, layer: string, field: string) => {
  const found = model.getLayer(layer).weights.find(({name}) => name.includes(`/${field}_mask`));
  return [...(found as tf.LayerVariable).read().dataSync()];
};
const storedIn = (model: tf.LayersModel, layer: string, field: string) => {
  const found = model.getLayer(layer).weights.find(({name}) => name.includes(`/${field}`));
  return [...(found as tf.LayerVariable).read().dataSync()];
};

/** Two layers of three units on one input, added before the output. */
function sum(): tf.LayersModel {
  const input = tf.input({shape: [1]});
  const branches = ['left', 'right'].map((name) =>
    apply(prunableDense({units: 3, name, biasInitializer: 'ones'}), input),
  );
  const model = tf.model({
    inputs: input,
    outputs: apply(prunableDense({units: 1, name: 'out'}), apply(tf.layers.add(), branches)),
  });
  setKernels(model, [[3, 1, 2]], [[0.1, 3, 0.5]], [[1], [1], [1]]);
  return model;
}

it.each([
  // The scores are 3, 1, 2 and 0.1, 3, 0.5.
  ['mean', [1.55, 2, 1.25], [1, 1, 0]],
  ['sum', [3.1, 4, 2.5], [1, 1, 0]],
  ['max', [3, 3, 2], [1, 1, 0]],
  ['first', [3, 1, 2], [1, 0, 1]],
] as const)('channel({reduce: %p}) scores tied channels by it', async (reduce, scores, mask) => {
  const model = sum();
  const groups: number[][] = [];
  const allocation = (all: readonly Group[]) => {
    groups.push(...all.map((one) => [...one.scores]));
    return all.map(() => 2);
  };
  await prune(model, 0.34, {pattern: channel({reduce}), allocation});
  expect(groups).toEqual([scores.map((score) => expect.closeTo(score, 5))]);
  expect(masksOf(model).slice(0, 2)).toEqual([mask, mask]);
});

it.each([
  ['mean', [1.55, 1.5, 0.25]],
  ['max', [3, 3, 0.5]],
  ['first', [3, 0, 0]],
] as const)(
  'a tied channel that is masked in one weight counts as 0 there, with reduce: %p',
  async (reduce, scores) => {
    const model = sum();
    await prune(model, 0.67, {pattern: channel(), where: ['left'], groups: false});
    expect(masksOf(model)[0]).toEqual([1, 0, 0]);
    const groups: number[][] = [];
    const allocation = (all: readonly Group[]) => {
      groups.push(...all.map((one) => [...one.scores]));
      return all.map(() => 2);
    };
    await prune(model, 0.34, {pattern: channel({reduce}), allocation});
    expect(groups).toEqual([scores.map((score) => expect.closeTo(score, 5))]);
  },
);

it('channel() prunes the channels of a sum together, by their mean score', async () => {
  const model = sum();
  // The means are 1.55, 2 and 1.25.
  const {weights} = await prune(model, 0.34, {pattern: channel()});
  expect(masksOf(model)).toEqual([
    [1, 1, 0],
    [1, 1, 0],
    [1, 1, 1],
  ]);
  expect(weights).toMatchObject([
    {name: 'left/kernel', units: 3, asked: 2, kept: 2},
    {name: 'right/kernel', units: 3, asked: 2, kept: 2},
  ]);
  expect([storedIn(model, 'left', 'bias'), storedIn(model, 'right', 'bias')]).toEqual([
    [1, 1, 0],
    [1, 1, 0],
  ]);
  const small = await compact(model);
  expect(compactReport(small).layers.map(({after}) => after)).toEqual([2, 2, 1]);
});

it('groups: false prunes each layer alone, so that a sum loses no channels', async () => {
  const model = sum();
  await prune(model, 0.34, {pattern: channel(), groups: false});
  expect(masksOf(model)).toEqual([
    [1, 0, 1],
    [0, 1, 1],
    [1, 1, 1],
  ]);
  const small = await compact(model);
  expect(compactReport(small).layers.map(({after}) => after)).toEqual([3, 3, 1]);
});

it('a group contains only selected weights', async () => {
  const model = sum();
  await prune(model, 0.34, {pattern: channel(), where: ['right']});
  expect(masksOf(model)).toEqual([
    [1, 1, 1],
    [0, 1, 1],
    [1, 1, 1],
  ]);
});

it('a group counts as one weight for global()', async () => {
  const model = sum();
  let seen: string[] = [];
  await prune(model, 0.34, {
    pattern: channel(),
    allocation: (groups, sparsity) => {
      seen = groups.map(({members: [{weight}]}) => weight.name);
      return global()(groups, sparsity);
    },
  });
  expect(seen).toEqual(['left/kernel']);
});

// The means of the shared units are 1.55, 2 and 1.25.
describe.each([
  [['left']],
  [['right']],
  [['left/kernel']],
  [['right/kernel']],
  [['left', 'right']],
  [['right', 'left/kernel']],
])('the names %p of tied weights', (names) => {
  const named = <Value>(value: Value) => Object.fromEntries(names.map((name) => [name, value]));
  const one = [
    [0, 1, 0],
    [0, 1, 0],
    [1, 1, 1],
  ];

  it('give their group a sparsity', async () => {
    for (const sparsity of [0.67, (asked: number) => asked * 1.97]) {
      const model = sum();
      await prune(model, 0.34, {pattern: channel(), allocation: perWeight(named(sparsity))});
      expect(masksOf(model)).toEqual(one);
    }
  });

  const layers = names.map((name) => name.replace('/kernel', ''));

  it('give their group a threshold by the layer', async () => {
    const model = sum();
    const limits = Object.fromEntries(layers.map((name) => [name, 1.6]));
    await prune(model, threshold(limits), {pattern: channel()});
    expect(masksOf(model)).toEqual(one);
  });

  it('select by layer which weights are pruned', async () => {
    const model = sum();
    const {weights} = await prune(model, 0.67, {pattern: channel(), where: layers});
    expect(weights.map(({name, kept}) => [name, kept])).toEqual(
      ['left', 'right'].filter((name) => layers.includes(name)).map((name) => [`${name}/kernel`, 1]),
    );
  });
});

async function expectRefusalOf(run: (model: tf.LayersModel) => Promise<unknown>, message: string) {
  const model = sum();
  await expectRefusal(model, () => run(model), message);
}

it('perWeight() and threshold() throw for different values of tied weights, name both, and leave the model unchanged', async () => {
  const pattern = channel();
  const advice =
    'but their channels are tied and pruned together; give both the same value, or prune with groups: false';
  await expectRefusalOf(
    (model) => prune(model, 0.5, {pattern, allocation: perWeight({right: 0.25, left: 0.5})}),
    `perWeight: "left" is 0.5 and "right" is 0.25, ${advice}`,
  );
  await expectRefusalOf(
    (model) => prune(model, 0.5, {pattern, allocation: perWeight({left: (s) => s, 'right/kernel': 0.25})}),
    `perWeight: "left" is 0.5 and "right/kernel" is 0.25, ${advice}`,
  );
  await expectRefusalOf(
    (model) => prune(model, threshold({left: 1, right: 2}), {pattern}),
    `threshold: "left" is 1 and "right" is 2, ${advice}`,
  );
  const model = sum();
  await prune(model, 0.5, {pattern, groups: false, allocation: perWeight({left: 0.34, right: 0.67})});
  expect(masksOf(model).map((mask) => mask.filter(Boolean).length)).toEqual([2, 1, 3]);
});

it('perWeight() and threshold() throw for unknown names, and list those of all tied weights', async () => {
  await expectRefusalOf(
    (model) => prune(model, 0.5, {pattern: channel(), allocation: perWeight({middle: 0.5})}),
    'perWeight: no weight or layer "middle" to prune; there are left/kernel, left, right/kernel, right',
  );
  await expectRefusalOf(
    (model) => prune(model, threshold({middle: 1}), {pattern: channel()}),
    'threshold: no layer "middle" to prune; there are left, right',
  );
});

it('sensitivity() prunes a group as one, so that fromSensitivity() gives all its weights one sparsity', async () => {
  const model = sum();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  const x = tf.tensor2d([[1], [-1], [2]]);
  const progress: number[][] = [];
  const found = await sensitivity(model, x, tf.tensor2d([[1], [0], [1]]), {
    sparsities: [0.34, 0.67],
    recipe: {pattern: channel()},
    onProgress: (done, of) => progress.push([done, of]),
  });
  expect(progress).toEqual([
    [1, 2],
    [2, 2],
  ]);
  expect(found.weights.map(({name}) => name)).toEqual(['left/kernel', 'right/kernel']);
  expect(found.weights[0].figures).toEqual(found.weights[1].figures);
  expect(masksOf(model).flat()).not.toContain(0);

  const sparsities = fromSensitivity(found);
  const kept = async (names: string[]) => {
    const pruned = sum();
    const some = Object.fromEntries(names.map((name) => [name, sparsities[name]]));
    await prune(pruned, 0.67, {pattern: channel(), allocation: perWeight(some)});
    return masksOf(pruned);
  };
  const all = await kept(Object.keys(sparsities));
  expect(all[0].filter(Boolean)).toHaveLength(1);
  expect(await kept(['left/kernel'])).toEqual(all);
  expect(await kept(['right/kernel'])).toEqual(all);
});

it('channel() empties no layer of a group, even if other layers have better channels', async () => {
  const input = tf.input({shape: [1]});
  const [a, b] = ['a', 'b'].map((name) => apply(prunableDense({units: 2, name}), input));
  const both = apply(prunableDense({units: 4, name: 'both'}), input);
  const added = apply(tf.layers.add(), [apply(tf.layers.concatenate(), [a, b]), both]);
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 1}), added)});
  setKernels(model, [[1, 2]], [[8, 9]], [[1, 2, 8, 9]], [[1], [1], [1], [1]]);
  await prune(model, 0.5, {pattern: channel()});
  expect(masksOf(model)).toEqual([
    [0, 1],
    [1, 1],
    [0, 1, 1, 1],
    [1, 1, 1, 1],
  ]);
});

it('the channels of a depthwise convolution are pruned with those of the layer before', async () => {
  const model = tf.sequential({
    layers: [
      prunableConv2d({
        filters: 4,
        kernelSize: 1,
        inputShape: [5, 5, 2],
        name: 'conv',
        kernelInitializer: seeded(1),
      }),
      prunableDepthwiseConv2d({
        kernelSize: 3,
        name: 'depthwise',
        depthwiseInitializer: seeded(2),
        biasInitializer: 'ones',
      }),
      prunableConv2d({filters: 2, kernelSize: 1, name: 'out', kernelInitializer: seeded(3)}),
    ],
  });
  await prune(model, 0.5, {pattern: channel()});
  const [conv, depthwise] = masksOf(model);
  expect(depthwise.slice(0, 4)).toEqual(conv.slice(0, 4));
  expect(maskOf(model, 'depthwise', 'bias')).toEqual(conv.slice(0, 4));
  const small = await compact(model);
  expect(compactReport(small).layers[0]).toEqual({layer: 'conv', before: 4, after: 2});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('the weights of a recurrent unit are pruned together, with all gates and biases', async () => {
  const model = tf.sequential({
    layers: [prunableLstm({units: 4, inputShape: [3, 2], name: 'lstm'}), prunableDense({units: 1})],
  });
  await prune(model, 0.5, {pattern: channel()});
  const [kernel, recurrent] = masksOf(model);
  const units = kernel.slice(0, 4);
  expect(units.filter(Boolean)).toHaveLength(2);
  expect(recurrent.slice(0, 4)).toEqual(units);
  const bias = model.layers[0].weights.find(({name}) => name.includes('bias_mask')) as tf.LayerVariable;
  expect([...bias.read().dataSync()]).toEqual([...units, ...units, ...units, ...units]);
  expect(compactReport(await compact(model)).layers[0]).toEqual({layer: 'lstm', before: 4, after: 2});
});

it('units tied by a reshape are pruned together', async () => {
  const model = await prunable(
    tf.sequential({
      layers: [
        tf.layers.dense({units: 12, inputShape: [3], name: 'first', kernelInitializer: seeded(1)}),
        tf.layers.reshape({targetShape: [2, 2, 3]}),
        tf.layers.conv2d({filters: 2, kernelSize: 2, kernelInitializer: seeded(2)}),
      ],
    }),
  );
  await prune(model, 0.34, {pattern: channel()});
  const units = masksOf(model)[0].slice(0, 12);
  expect(units.filter(Boolean)).toHaveLength(8);
  expect(units).toEqual([0, 1, 2, 3].flatMap(() => units.slice(0, 3)));
  const small = await compact(model);
  expect(compactReport(small).layers[0]).toEqual({layer: 'first', before: 12, after: 8});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('a batch norm behind other layers is masked with the channel before them, and one after a sum is not', async () => {
  const input = tf.input({shape: [3]});
  const norm = (name: string) => prunableBatchNormalization({name, betaInitializer: 'ones'});
  const start = apply(prunableDense({units: 4, name: 'start', kernelInitializer: seeded(1)}), input);
  const branch = apply(prunableDense({units: 4, name: 'branch', kernelInitializer: seeded(2)}), start);
  const normed = apply(norm('inside'), apply(tf.layers.activation({activation: 'sigmoid'}), branch));
  const added = apply(norm('after'), apply(tf.layers.add(), [start, normed]));
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 2}), added)});
  await prune(model, 0.5, {pattern: channel(), where: ['branch']});
  expect(maskOf(model, 'inside', 'gamma')).toEqual(maskOf(model, 'branch', 'bias'));
  expect(maskOf(model, 'inside', 'beta').filter(Boolean)).toHaveLength(2);
  expect(maskOf(model, 'after', 'gamma')).toEqual([1, 1, 1, 1]);
  await prune(model, 0.5, {pattern: channel()});
  expect(maskOf(model, 'after', 'gamma').filter(Boolean)).toHaveLength(2);
});

it('a pruned channel is exactly 0, also during training', async () => {
  const model = tf.sequential({
    layers: [
      prunableConv2d({
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        inputShape: [4, 4, 1],
        name: 'conv',
        biasInitializer: 'ones',
      }),
      prunableBatchNormalization({betaInitializer: 'ones'}),
      tf.layers.activation({activation: 'tanh'}),
      tf.layers.flatten(),
      prunableDense({units: 2}),
    ],
  });
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const x = tf.randomNormal([16, 4, 4, 1], 0, 1, 'float32', 1);
  await model.fit(x, tf.randomNormal([16, 2], 0, 1, 'float32', 2), {
    epochs: 6,
    verbose: 0,
    callbacks: [pruning({schedule: () => 0.5, pattern: channel(), begin: 1, end: 1})],
  });
  const inside = tf.model({inputs: model.inputs, outputs: model.layers[2].output as Symbolic});
  const kept = maskOf(model, 'conv', 'bias');
  expect(kept.filter(Boolean)).toHaveLength(2);
  outputsOf(inside, x).forEach((value, i) => {
    expect(value !== 0).toBe(kept[i % 4] === 1);
  });
});

it('without ties channels are pruned by the scores of each layer', async () => {
  const [tied, untied] = [mlp(), mlp()];
  await prune(tied, 0.5, {pattern: channel()});
  await prune(untied, 0.5, {pattern: channel(), groups: false});
  expect(masksOf(tied)).toEqual(masksOf(untied));
});

it('prune() rejects groups other than true or false, and with other patterns than channel()', async () => {
  const model = mlp();
  const groups = 1 as never;
  await expectRefusal(
    model,
    () => prune(model, 0.5, {pattern: channel(), groups}),
    'prune: groups must be true or false, got 1',
  );
  for (const pattern of [element(), inputChannel()]) {
    await expectRefusal(
      model,
      () => prune(model, 0.5, {pattern, groups: true}),
      'prune: groups tie channels, and the units of the pattern are not channels; use channel()',
    );
  }
  expect(prunableWeights(model)).toHaveLength(2);
});
