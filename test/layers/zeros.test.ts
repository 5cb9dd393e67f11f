import * as tf from '@tensorflow/tfjs';
import {
  channel,
  decode,
  element,
  encode,
  layer,
  nOfM,
  type Pattern,
  prunableWeights,
  prune,
  report,
  strip,
} from 'tfjs-pruning';
import {prunable} from 'tfjs-pruning/layers';
import {architectures} from '../support/architectures';
import {masksOf, mlp, outputsOf, seeded, setKernels} from '../support/models';
import {stateOf} from '../support/state';

/** Sets all weights of a model to nonzero values, as after training, so that only pruning makes zeros. */
function trained<Model extends tf.LayersModel>(model: Model): Model {
  for (const [i, weight] of model.weights.entries()) {
    if (weight.dtype === 'bool') continue;
    // Positive, as required for variances.
    tf.tidy(() => {
      weight.write(tf.randomUniform(weight.shape as number[], 0.1, 1, 'float32', i + 1));
    });
  }
  return model;
}

/** All masks of a model, also of biases and batch norms. */
const allMasksOf = (model: tf.LayersModel) =>
  model.weights.filter(({dtype}) => dtype === 'bool').map((mask) => [...mask.read().dataSync()]);

/** The zeros among the stored elements of the prunable weights. */
const zerosOf = (model: tf.LayersModel) =>
  prunableWeights(model).map(({value}) => [...value.dataSync()].map((one) => one === 0));

async function train(model: tf.LayersModel): Promise<void> {
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  const random = (shape: tf.Shape, i: number) =>
    tf.randomNormal([4, ...(shape.slice(1) as number[])], 0, 1, 'float32', i);
  const x = model.inputs.map(({shape}, i) => random(shape, i));
  const y = model.outputs.map(({shape}, i) => random(shape, 10 + i));
  await model.fit(x.length > 1 ? x : x[0], y.length > 1 ? y : y[0], {epochs: 2, verbose: 0});
}

const patterns: [string, () => Pattern][] = [
  ['element()', element],
  ['channel()', channel],
];

/** The models that can be loaded from a file, because all their layers are registered. */
const loadable = architectures.filter(([name]) => !name.includes('unregistered'));

/** A convolution with a batch norm, whose parameters are pruned with its channels. */
function withNorm(): tf.LayersModel {
  const {layers} = tf;
  return tf.sequential({
    layers: [
      layers.conv2d({filters: 6, kernelSize: 3, inputShape: [6, 6, 2]}),
      layers.batchNormalization(),
      layers.reLU(),
      layers.conv2d({filters: 4, kernelSize: 3, padding: 'same'}),
      layers.flatten(),
      layers.dense({units: 3}),
    ],
  });
}

describe('prunable with zeros: mask', () => {
  describe.each([
    ...loadable.map(([name, make]): [string, () => tf.LayersModel] => [name, make]),
    ['a model with a batch norm', withNorm] as [string, () => tf.LayersModel],
  ])('on %s', (_, make) => {
    it.each(patterns)(
      'restores the masks of %s from its file, and training keeps them',
      async (_, pattern) => {
        const masked = trained(await prunable(make()));
        await prune(masked, 0.5, {pattern: pattern(), where: () => true});
        const plain = await decode(await encode(masked));
        const before = stateOf(plain);

        const back = await prunable(plain, {zeros: 'mask'});
        expect(allMasksOf(back)).toEqual(allMasksOf(masked));
        expect(outputsOf(back)).toEqual(outputsOf(plain));
        expect(report(back).total.sparsity).toBeGreaterThan(0);
        await train(back);
        expect(zerosOf(back)).toEqual(zerosOf(masked));
        expect(stateOf(plain)).toEqual(before);
      },
    );
  });

  it('does not mask zeros by default, so that training changes them', async () => {
    const masked = trained(await prunable(withNorm()));
    await prune(masked, 0.5);
    const back = await prunable(await strip(masked));
    expect(report(back).total.sparsity).toBe(0);
    expect(zerosOf(back)).toEqual(zerosOf(masked));
    await train(back);
    expect(zerosOf(back)).not.toEqual(zerosOf(masked));
  });

  it('masks zeros of biases and batch norms only in channels without weights', async () => {
    const {layers} = tf;
    const plain = tf.sequential({
      layers: [
        layers.dense({units: 4, inputShape: [3], name: 'dense'}),
        layers.batchNormalization({name: 'norm'}),
        layers.dense({units: 2, name: 'out'}),
      ],
    });
    trained(plain);
    const [kernel, bias] = plain.getLayer('dense').getWeights();
    // Units 0, 1 and 2 have no weights; unit 3 has weights and a bias of 0.
    plain.getLayer('dense').setWeights([tf.mul(kernel, [0, 0, 0, 1]), tf.mul(bias, [0, 1, 0, 0])]);
    const [gamma, beta, mean, variance] = plain.getLayer('norm').getWeights();
    plain
      .getLayer('norm')
      .setWeights([tf.mul(gamma, [0, 0, 1, 0]), tf.mul(beta, [0, 1, 1, 1]), mean, variance]);

    const model = await prunable(plain, {zeros: 'mask'});
    const maskIn = (name: string, field: string) => {
      const found = model.getLayer(name).weights.find((weight) => weight.name.includes(`/${field}_mask`));
      return [...(found as tf.LayerVariable).read().dataSync()];
    };
    expect(maskIn('dense', 'kernel')).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(maskIn('dense', 'bias')).toEqual([0, 1, 0, 1]);
    expect(maskIn('norm', 'gamma')).toEqual([0, 0, 1, 1]);
    expect(maskIn('norm', 'beta')).toEqual([0, 1, 1, 1]);
    expect(maskIn('out', 'kernel')).toEqual(Array(8).fill(1));
    expect(outputsOf(model)).toEqual(outputsOf(plain));
  });

  it('masks negative zeros, but neither NaN nor the smallest numbers', async () => {
    const model = mlp();
    const values = [0, -0, Number.NaN, 1e-38, -1e-38, 1, ...Array(18).fill(2)];
    setKernels(model, values, Array(18).fill(1));
    const back = await prunable(await strip(model), {zeros: 'mask'});
    expect(masksOf(back)[0].slice(0, 6)).toEqual([0, 0, 1, 1, 1, 1]);
    expect(masksOf(back)[1]).toEqual(Array(18).fill(1));
  });

  it('keeps existing masks of a model, and adds its zeros', async () => {
    const model = mlp();
    await prune(model, 0.25, {where: ['hidden']});
    const [before] = masksOf(model);
    const first = before.indexOf(1);
    const {value} = prunableWeights(model)[0];
    const values = [...value.dataSync()].map((one, i) => (i === first ? 0 : one));
    value.assign(tf.tensor(values, value.shape as [number, number]));
    const back = await prunable(model, {zeros: 'mask'});
    expect(masksOf(back)[0]).toEqual(before.map((bit, i) => (i === first ? 0 : bit)));
    expect(masksOf(model)[0]).toEqual(before);
  });

  it('masks a layer of zeros, as after layer()', async () => {
    const names = ['a', 'b', 'c'];
    const dense = (name: string, i: number) =>
      tf.layers.dense({units: 4, name, inputShape: [4], kernelInitializer: seeded(i)});
    const model = await prunable(tf.sequential({layers: names.map(dense)}));
    await prune(model, 0.5, {pattern: layer()});
    const back = await prunable(await strip(model), {zeros: 'mask'});
    expect(masksOf(back)).toEqual(masksOf(model));
    expect(masksOf(back).some((mask) => !mask.includes(1))).toBe(true);
  });

  it('lets pruning continue: zeros count towards the target', async () => {
    const masked = trained(await prunable(withNorm()));
    await prune(masked, 0.5, {pattern: nOfM({n: 2, m: 4})});
    const back = await prunable(await strip(masked), {zeros: 'mask'});
    await prune(back, 0.75);
    expect(report(back).total.sparsity).toBeCloseTo(0.75, 2);
    const before = masksOf(masked).flat();
    expect(
      masksOf(back)
        .flat()
        .filter((bit, i) => bit > before[i]),
    ).toEqual([]);
  });

  it('allocates only the tensors of the copy', async () => {
    const plain = trained(withNorm());
    const free = await prunable(plain);
    const size = tf.memory().numTensors;
    free.dispose();
    const model = await prunable(plain, {zeros: 'mask'});
    expect(tf.memory().numTensors).toBe(size);
    model.dispose();
  });

  it.each([['masks'], [true], [null]])('rejects %j, with the value', async (zeros) => {
    const before = tf.memory().numTensors;
    const plain = withNorm();
    const made = tf.memory().numTensors;
    await expect(prunable(plain, {zeros} as never)).rejects.toThrow(
      /^prunable: zeros must be 'free' or 'mask', got /,
    );
    expect(tf.memory().numTensors).toBe(made);
    plain.dispose();
    expect(before).toBeLessThan(made);
  });
});
