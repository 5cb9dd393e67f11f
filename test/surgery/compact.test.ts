import * as tf from '@tensorflow/tfjs';
import {
  channel,
  compact,
  compactReport,
  constant,
  global,
  layer,
  polynomial,
  prune,
  strip,
  threshold,
} from 'tfjs-pruning';
import {pruning} from 'tfjs-pruning/callbacks';
import {prunable, prunableConv2d, prunableDense} from 'tfjs-pruning/layers';
import {architectures, Doubled} from '../support/architectures';
import {backends, useBackend} from '../support/backends';
import {difference} from '../support/compare';
import {expectNoLeakedTensors} from '../support/memory';
import {
  convNet,
  examples,
  kernelsOf,
  masksOf,
  mlp,
  outputsOf,
  seeded,
  setKernels,
  twoDense,
} from '../support/models';
import {artifactsOf, saveAndLoad} from '../support/saving';
import {expectRefusal, stateOf} from '../support/state';

type Symbolic = tf.SymbolicTensor;
const apply = (one: tf.layers.Layer, input: Symbolic | Symbolic[]) => one.apply(input) as Symbolic;
const halves = {pattern: channel()};
const countsOf = (small: tf.LayersModel) =>
  Object.fromEntries(
    compactReport(small).layers.map(({layer: name, before, after}) => [name, [before, after]]),
  );
const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

/** Masks the elements of a layer's kernel that a function of the coordinates selects. */
function maskWhere(model: tf.LayersModel, name: string, goes: (...at: number[]) => boolean): void {
  const [kernel, mask] = ['kernel', 'kernel_mask'].map(
    (end) =>
      model.getLayer(name).weights.find((weight) => weight.name.includes(`/${end}`)) as tf.LayerVariable,
  );
  const {shape} = kernel.read();
  const bits = Array.from({length: kernel.read().size}, (_, i) => {
    let rest = i;
    const at = [...shape].reverse().map((dim) => {
      const place = rest % dim;
      rest = Math.floor(rest / dim);
      return place;
    });
    return +!goes(...at.reverse());
  });
  tf.tidy(() => {
    (mask.read() as tf.Variable).assign(tf.tensor(bits, shape, 'bool'));
  });
}

describe.each(backends)('on %s', (backend) => {
  useBackend(backend);

  it.each(architectures)('compact() keeps the outputs of %s', async (_, make) => {
    const model = await prunable(make());
    await prune(model, 0.5, {...halves, where: () => true});
    expect(difference(model, await compact(model))).toBeLessThan(1e-5);
  });

  it.each(architectures)('compact() keeps the outputs of %s pruned by elements', async (_, make) => {
    const model = await prunable(make());
    await prune(model, 0.8);
    expect(difference(model, await compact(model))).toBeLessThan(1e-5);
  });
});

it('compact() removes pruned units from their layer and from the layer that consumes them', async () => {
  const model = twoDense([[1, 9, 3]], [[4], [5], [6]]);
  await prune(model, 0.34, halves);
  const small = await compact(model);
  expect(weightsOf(small)).toEqual([[9, 3], [0, 0], [5, 6], [0]]);
  expect(countsOf(small)).toEqual({first: [3, 2], second: [1, 1]});
  expect(small.layers.map((one) => one.getClassName())).toEqual(['Dense', 'Dense']);
  expect(outputsOf(small, tf.tensor([[2]]))).toEqual([2 * 9 * 5 + 2 * 3 * 6]);
});

it('compact attaches nothing to the new model that strip does not', async () => {
  const model = twoDense([[1, 9, 3]], [[4], [5], [6]]);
  await prune(model, 0.34, halves);
  const small = await compact(model);
  expect(Object.keys(small)).toEqual(Object.keys(await strip(model)));
});

it('compactReport() rejects a model that compact() did not return', async () => {
  const model = twoDense([[1, 9, 3]], [[4], [5], [6]]);
  const copy = await saveAndLoad(await compact(model));
  expect(() => compactReport(copy)).toThrow(
    `compactReport: model "${copy.name}" was not returned by compact(); give the model itself, not a copy, or use report()`,
  );
});

it('compact() reports parameters, MACs and bytes before and after', async () => {
  const model = twoDense([[1, 9, 3]], [[4], [5], [6]]);
  await prune(model, 0.34, halves);
  const compacted = compactReport(await compact(model));
  expect(compacted.before).toEqual({parameters: 10, macs: 6, bytes: 40});
  expect(compacted.after).toEqual({parameters: 7, macs: 4, bytes: 28});
  expect(compacted.toString().split('\n')).toEqual([
    '            before  after',
    '─────────────────────────',
    'first            3      2',
    'second           1      1',
    'parameters      10      7',
    'MACs             6      4',
    'bytes           40     28',
    'not removed from second: it is an output of the model',
  ]);
});

it('compact() folds a unit with a constant output into the next bias', async () => {
  const model = twoDense(
    [
      [1, 0],
      [2, 0],
    ],
    [[3], [5]],
  );
  (model.layers[0].weights[1].read() as tf.Variable).assign(tf.tensor([0.5, 7]));
  maskWhere(model, 'first', (_, unit) => unit === 1);
  const small = await compact(model);
  // The bias 7 times 5.
  expect(weightsOf(small)).toEqual([[1, 2], [0.5], [3], [35]]);
});

it('compact() adds a bias for constants to a layer without one', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 2, activation: 'sigmoid', inputShape: [3], name: 'first'}),
      prunableDense({units: 2, useBias: false, name: 'second'}),
    ],
  });
  maskWhere(model, 'first', (_, unit) => unit === 0);
  const small = await compact(model);
  expect(countsOf(small).first).toEqual([2, 1]);
  expect(small.layers[1].getConfig().useBias).toBe(true);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

describe('a constant before a convolution', () => {
  const network = (padding: 'same' | 'valid', kernelSize: number) =>
    tf.sequential({
      layers: [
        prunableConv2d({
          filters: 3,
          kernelSize: 3,
          inputShape: [6, 6, 1],
          name: 'first',
          biasInitializer: 'ones',
        }),
        prunableConv2d({filters: 2, kernelSize, padding, name: 'second'}),
        tf.layers.flatten(),
      ],
    });

  it.each([
    ['valid', 3],
    ['same', 1],
  ] as const)('is folded into its bias with padding %s and a kernel of %d', async (padding, kernelSize) => {
    const model = network(padding, kernelSize);
    maskWhere(model, 'first', (_, __, ___, filter) => filter === 0);
    const small = await compact(model);
    expect(countsOf(small).first).toEqual([3, 2]);
    expect(difference(model, small)).toBeLessThan(1e-5);
  });

  it('remains and is named if padding reduces its effect at the borders', async () => {
    const model = network('same', 3);
    maskWhere(model, 'first', (_, __, ___, filter) => filter === 0);
    const small = await compact(model);
    expect(countsOf(small).first).toEqual([3, 3]);
    expect(compactReport(small).whole).toContainEqual({
      layer: 'second',
      reason: '1 of 1 constant input channels stays: at the borders it adds less than a bias would',
    });
    expect(difference(model, small)).toBeLessThan(1e-5);
  });
});

it('compact() removes channels that no layer uses', async () => {
  const model = twoDense(
    [[1, 2, 3]],
    [
      [4, 4],
      [5, 5],
      [6, 6],
    ],
  );
  maskWhere(model, 'second', (input) => input === 1);
  const small = await compact(model);
  expect(weightsOf(small)).toEqual([
    [1, 3],
    [0, 0],
    [4, 4, 6, 6],
    [0, 0],
  ]);
});

it('compact() removes the empty rows and columns of 97 % element pruning', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 60, inputShape: [20], activation: 'relu', kernelInitializer: seeded(1)}),
      prunableDense({units: 40, activation: 'relu', kernelInitializer: seeded(2)}),
      prunableDense({units: 3, kernelInitializer: seeded(3)}),
    ],
  });
  await prune(model, 0.97, {allocation: global()});
  const small = await compact(model);
  const {before, after} = compactReport(small);
  expect(after.parameters).toBeLessThan(0.5 * before.parameters);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

/** An input, a residual block of two convolutions, and an output. */
function residual(): tf.LayersModel {
  const conv = (name: string) =>
    prunableConv2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      name,
      kernelInitializer: seeded(name.length),
    });
  const input = tf.input({shape: [5, 5, 2]});
  const start = apply(conv('start'), input);
  const branch = apply(conv('second'), apply(tf.layers.reLU(), apply(conv('first'), start)));
  const sum = apply(tf.layers.add({name: 'sum'}), [start, branch]);
  return tf.model({
    inputs: input,
    outputs: apply(
      prunableDense({units: 2, name: 'out', kernelInitializer: seeded(1)}),
      apply(tf.layers.flatten(), sum),
    ),
  });
}

it('compact() removes a channel of a sum only if all branches have it pruned', async () => {
  const model = residual();
  maskWhere(model, 'start', (_, __, ___, filter) => filter < 2);
  maskWhere(model, 'second', (_, __, ___, filter) => filter > 0);
  const small = await compact(model);
  expect(countsOf(small)).toMatchObject({start: [4, 3], second: [4, 3]});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() removes a fully pruned layer with its branch', async () => {
  const model = residual();
  await prune(model, threshold(100), {pattern: layer(), where: ['second']});
  const small = await compact(model);
  expect(countsOf(small)).toEqual({start: [4, 4], out: [2, 2], first: [4, 0], second: [4, 0]});
  expect(small.layers.map((one) => one.getClassName())).toEqual(['InputLayer', 'Conv2D', 'Flatten', 'Dense']);
  expect(difference(model, small)).toBeLessThan(1e-5);
  expect(difference(await saveAndLoad(small), small)).toBe(0);
});

it('compact() keeps a sum of the same tensor twice after removing a branch', async () => {
  const input = tf.input({shape: [4]});
  const x = apply(prunableDense({units: 3, name: 'x', kernelInitializer: seeded(1)}), input);
  const zero = apply(prunableDense({units: 3, name: 'zero', kernelInitializer: seeded(2)}), x);
  const inner = apply(tf.layers.add(), [x, zero]);
  const outer = apply(tf.layers.multiply(), [x, inner]);
  const outputs = [outer, x].map((tensor, i) => apply(tf.layers.dense({units: 2, name: `out${i}`}), tensor));
  const model = tf.model({inputs: input, outputs});
  maskWhere(model, 'zero', () => true);
  const small = await compact(model);
  expect(countsOf(small).zero).toEqual([3, 0]);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('an output that remains of a sum keeps its name', async () => {
  const input = tf.input({shape: [4]});
  const branches = ['kept', 'zero'].map((name) => apply(prunableDense({units: 3, name}), input));
  const model = tf.model({inputs: input, outputs: apply(tf.layers.add({name: 'sum'}), branches)});
  maskWhere(model, 'zero', () => true);
  const small = await compact(model);
  expect(small.outputNames).toEqual(['sum']);
  expect(countsOf(small)).toEqual({kept: [3, 3], zero: [3, 0]});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() rejects a layer shared by a model and a nested model', async () => {
  const shared = prunableDense({units: 4, name: 'shared'});
  const inside = tf.input({shape: [4]});
  const inner = tf.model({inputs: inside, outputs: apply(shared, inside)});
  const input = tf.input({shape: [4]});
  const model = tf.model({
    inputs: input,
    outputs: apply(prunableDense({units: 2}), apply(inner, apply(shared, input))),
  });
  await expectRefusal(
    model,
    () => compact(model),
    /layer ".*shared" is shared by a model and a nested model/,
  );
});

it('compact() removes a constant branch of a concatenation', async () => {
  const input = tf.input({shape: [4]});
  const branches = ['left', 'right'].map((name) =>
    apply(
      prunableDense({units: 3, name, kernelInitializer: seeded(name.length), biasInitializer: 'ones'}),
      input,
    ),
  );
  const joined = apply(tf.layers.concatenate({name: 'joined'}), branches);
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 2, name: 'out'}), joined)});
  maskWhere(model, 'left', () => true);
  const small = await compact(model);
  expect(countsOf(small)).toEqual({left: [3, 0], right: [3, 3], out: [2, 2]});
  expect(small.layers.map(({name}) => name)).not.toContain('joined');
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() never removes the last channel of a layer', async () => {
  const model = twoDense([[1, 2, 3]], [[4], [5], [6]]);
  maskWhere(model, 'second', (input) => input > 0);
  maskWhere(model, 'first', (_, unit) => unit === 0);
  // The outputs of the first layer have no effect: one is 0, and the others are not used.
  const small = await compact(model);
  expect(countsOf(small).first).toEqual([3, 1]);
  expect(difference(model, small)).toBe(0);
});

it('compact() rejects a fully pruned layer that no branch bypasses', async () => {
  const model = mlp();
  maskWhere(model, 'hidden', () => true);
  await expectRefusal(
    model,
    () => compact(model),
    'compact: all weights of layer "hidden" are pruned, and no branch bypasses it; prune it less, or with channel()',
  );
});

it.each([
  [1, 3],
  [2, 4],
  [4, 4],
  [8, 6],
])('compact() with roundTo: %d keeps %d of 6 units if 3 are pruned', async (roundTo, kept) => {
  const model = mlp();
  await prune(model, 0.5, halves);
  const small = await compact(model, {roundTo});
  expect(countsOf(small)).toEqual({hidden: [6, kept], output: [3, 3]});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() keeps an unknown layer and its neighbors whole, and names it', async () => {
  const model = tf.sequential({
    layers: [
      prunableDense({units: 4, inputShape: [3], name: 'before', kernelInitializer: seeded(1)}),
      new Doubled({name: 'own'}),
      prunableDense({units: 4, name: 'after', kernelInitializer: seeded(2)}),
      prunableDense({units: 2, name: 'out', kernelInitializer: seeded(3)}),
    ],
  });
  await prune(model, 0.5, halves);
  const small = await compact(model);
  expect(countsOf(small)).toEqual({before: [4, 4], after: [4, 2], out: [2, 2]});
  expect(compactReport(small).whole).toEqual([
    {layer: 'before', reason: 'own: a Doubled is not known'},
    {layer: 'own', reason: 'a Doubled is not known'},
    {layer: 'out', reason: 'it is an output of the model'},
  ]);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it.each([
  ['a layer norm', () => tf.layers.layerNormalization(), 'it takes the mean of all channels'],
  ['a softmax', () => tf.layers.softmax(), 'it divides by the sum of all channels'],
  [
    'an activation of all channels',
    () => tf.layers.activation({activation: 'softmax'}),
    'its activation softmax may take all channels together',
  ],
])('compact() keeps all inputs of %s', async (_, make, reason) => {
  const model = await prunable(
    tf.sequential({
      layers: [
        tf.layers.dense({units: 4, inputShape: [3], name: 'before'}),
        make(),
        tf.layers.dense({units: 2}),
      ],
    }),
  );
  await prune(model, 0.5, halves);
  const small = await compact(model);
  expect(countsOf(small).before).toEqual([4, 4]);
  expect(compactReport(small).whole).toContainEqual({layer: model.layers[1].name, reason});
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() shrinks a nested model and its inputs', async () => {
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      prunableDense({units: 6, inputShape: [4], name: 'a', activation: 'relu'}),
      prunableDense({units: 4, name: 'b'}),
    ],
  });
  const model = tf.sequential({
    layers: [
      prunableDense({units: 4, inputShape: [3], name: 'first'}),
      inner,
      prunableDense({units: 2, name: 'last'}),
    ],
  });
  await prune(model, 0.5, halves);
  const small = await compact(model);
  expect(countsOf(small)).toEqual({first: [4, 2], 'inner/a': [6, 3], 'inner/b': [4, 2], last: [2, 2]});
  expect((small.layers[1] as tf.LayersModel).inputs[0].shape).toEqual([null, 2]);
  expect(difference(await saveAndLoad(small), model)).toBeLessThan(1e-5);
});

it('compact() removes a branch of a nested functional model', async () => {
  const nested = residual();
  const input = tf.input({shape: [5, 5, 2]});
  const model = tf.model({inputs: input, outputs: apply(prunableDense({units: 3}), apply(nested, input))});
  maskWhere(nested, 'second', () => true);
  const small = await compact(model);
  expect(countsOf(small)[`${nested.name}/first`]).toEqual([4, 0]);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() keeps the inputs and outputs of a model, and their shapes', async () => {
  const inputs = [tf.input({shape: [3]}), tf.input({shape: [4]}), tf.input({shape: [5]})];
  const hidden = inputs.map((input, i) =>
    apply(prunableDense({units: 4, name: `in${i}`, kernelInitializer: seeded(i + 1)}), input),
  );
  const sum = apply(tf.layers.add(), hidden);
  const model = tf.model({
    inputs,
    outputs: [
      apply(prunableDense({units: 2}), sum),
      apply(tf.layers.dense({units: 3}), hidden[0]),
      hidden[1],
    ],
  });
  maskWhere(model, 'in2', () => true);
  maskWhere(model, 'in0', (_, unit) => unit === 1);
  const small = await compact(model);
  expect(small.inputs.map(({shape}) => shape)).toEqual(model.inputs.map(({shape}) => shape));
  expect(small.outputs.map(({shape}) => shape)).toEqual(model.outputs.map(({shape}) => shape));
  expect(countsOf(small).in2).toEqual([4, 0]);
  expect(difference(model, small)).toBeLessThan(1e-5);
});

it('compact() leaves the model unchanged, and compiles the result like it', async () => {
  const model = mlp();
  model.compile({optimizer: tf.train.momentum(0.03, 0.7), loss: 'meanSquaredError', metrics: ['mse']});
  const {x, y} = examples();
  await model.trainOnBatch(x, y);
  await prune(model, 0.5, halves);
  const before = stateOf(model);
  const small = await compact(model);
  expect(stateOf(model)).toEqual(before);
  expect(small.optimizer).not.toBe(model.optimizer);
  expect(small.optimizer.getConfig()).toEqual(model.optimizer.getConfig());
  expect([small.loss, small.metricsNames]).toEqual([model.loss, model.metricsNames]);
  await small.trainOnBatch(x, y);
  expect(stateOf(model)).toEqual(before);
});

it('the result of compact() is saved and loaded as a plain model, without this library', async () => {
  const model = convNet();
  await prune(model, 0.5, halves);
  const small = await compact(model);
  const {modelTopology} = await artifactsOf(small);
  expect(JSON.stringify(modelTopology)).not.toMatch(/prun|mask/i);
  expect(outputsOf(await saveAndLoad(small))).toEqual(outputsOf(small));
});

it('compact() can be repeated after more training', async () => {
  const model = await prunable(await strip(mlp()));
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const {x, y} = examples();
  const halve = () => pruning({schedule: polynomial({to: 0.5}), pattern: channel(), end: 2});
  await model.fit(x, y, {epochs: 4, verbose: 0, callbacks: [halve()]});
  const once = await compact(model);
  expect(countsOf(once)).toEqual({hidden: [6, 3], output: [3, 3]});
  const again = await prunable(once);
  await again.fit(x, y, {
    epochs: 4,
    verbose: 0,
    callbacks: [pruning({schedule: constant(0.34), pattern: channel()})],
  });
  expect(masksOf(again)[0].filter(Boolean)).toHaveLength(8);
  const twice = await compact(again);
  expect(countsOf(twice)).toEqual({hidden: [3, 2], output: [3, 3]});
  expect(difference(again, twice)).toBeLessThan(1e-5);
  expect(twice.loss).toBe('meanSquaredError');
});

it('compact() keeps a frozen layer frozen', async () => {
  const model = mlp();
  model.layers[0].trainable = false;
  await prune(model, 0.5, halves);
  expect((await compact(model)).trainableWeights).toHaveLength(2);
});

it('compact() leaks nothing, and disposing its result frees all of it', async () => {
  const model = residual();
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await prune(model, 0.5, halves);
  await expectNoLeakedTensors(async () => {
    (await compact(model)).dispose();
  });
});

it('compact() throws for a model without masks', async () => {
  const plain = tf.sequential({name: 'plain', layers: [tf.layers.dense({units: 2, inputShape: [3]})]});
  await expect(compact(plain)).rejects.toThrow('compact: model "plain" has no prunable layers; convert it');
  await expect(compact(null as never)).rejects.toThrow('compact: expected a tf.LayersModel, got null');
});

it('compact() throws for a model that is not built', async () => {
  const unbuilt = tf.sequential({name: 'unbuilt'});
  await expect(compact(unbuilt)).rejects.toThrow(
    'compact: model "unbuilt" is not built; give its first layer an inputShape',
  );
});

it('compact() rejects unknown options, and roundTo: 0', async () => {
  const model = mlp();
  await expect(compact(model, {multiple: 8} as object)).rejects.toThrow(
    'compact: unknown option "multiple"; there are roundTo',
  );
  await expect(compact(model, {roundTo: 0})).rejects.toThrow(
    'compact: roundTo must be a whole number from 1, got 0',
  );
});

it('compact() rejects a layer without a configuration', async () => {
  class Bare extends Doubled {
    static override className = 'Bare';
    override getConfig(): tf.serialization.ConfigDict {
      throw new Error('Bare has no configuration');
    }
  }
  const model = tf.sequential({
    layers: [prunableDense({units: 4, inputShape: [3]}), new Bare({}), prunableDense({units: 2})],
  });
  await expectRefusal(
    model,
    () => compact(model),
    /compact: cannot rebuild model .* from its configuration: Bare has no/,
  );
  expect(kernelsOf(model)).toHaveLength(2);
  setKernels(model, ...kernelsOf(model));
});
