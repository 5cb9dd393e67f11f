import * as tf from '@tensorflow/tfjs';
import {compact, constant, decode, encode, linear, prunableWeights, prune, strip} from 'tfjs-pruning';
import {
  iterativePruning,
  project,
  pruning,
  type QuantizationOptions,
  type QuantizationState,
  quantization,
} from 'tfjs-pruning/callbacks';
import {enableTraining} from 'tfjs-pruning/wasm';
import {bisect, countBelow} from '../../callbacks/quantization/rounding';
import {backends, useBackend} from '../support/backends';
import {examples, kernelsOf, mlp, oneDense, outputsOf} from '../support/models';
import {saveAndLoad} from '../support/saving';
import {compiled, expectNoBatch, fitOn} from '../support/training';

const ways: [name: string, options: Omit<QuantizationOptions, 'bits'>][] = [
  ['a codebook', {}],
  ['a scale per channel', {granularity: 'channel'}],
  ['a scale', {granularity: 'tensor'}],
];

/** The kernel of a model of one layer after a fit that does not move its weights. */
async function rounded(kernel: number[][], options: QuantizationOptions): Promise<number[]> {
  const model = oneDense(kernel);
  model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
  const [x, y] = [tf.ones([2, kernel.length]), tf.ones([2, kernel[0].length])];
  await model.fit(x, y, {epochs: 1, verbose: 0, callbacks: [quantization(options)]});
  return kernelsOf(model)[0];
}

it.each<[string, number[][], QuantizationOptions, number[]]>([
  ['the means of four clusters', [[0, 1, 10, 11, 20, 30]], {bits: 2}, [0.5, 0.5, 10.5, 10.5, 20, 30]],
  ['its own values if there are no more', [[1, 5, 5, -2]], {bits: 2}, [1, 5, 5, -2]],
  // The largest magnitude is the third step of 1.5.
  ['multiples of a scale', [[4.5, -1.4, 0.7, 2.3]], {bits: 3, granularity: 'tensor'}, [4.5, -1.5, 0, 3]],
  [
    'multiples of a scale per channel',
    [
      [3, 0.3, 0],
      [-1.4, -0.14, 0],
    ],
    {bits: 3, granularity: 'channel'},
    [3, Math.fround(3 * Math.fround(Math.fround(0.3) / 3)), 0, -1, -Math.fround(Math.fround(0.3) / 3), 0],
  ],
  [
    'the even step, halfway between two',
    [[127, 0.5, 1.5, -0.5]],
    {bits: 8, granularity: 'tensor'},
    [127, 0, 2, 0],
  ],
])('quantization() rounds a weight to %s', async (_, kernel, options, expected) => {
  expect(await rounded(kernel, options)).toEqual(expected.map(Math.fround));
});

it('values are found among borders alike with and without the kernel SearchSorted', () => {
  for (const count of [1, 3, 7, 255]) {
    tf.tidy(() => {
      const borders = tf.linspace(-1, 1, count);
      const values = tf.concat([tf.randomNormal([500], 0, 1, 'float32', count), borders]) as tf.Tensor1D;
      expect(bisect(borders, values).arraySync()).toEqual(countBelow(borders, values).arraySync());
    });
  }
});

it('quantization() moves the unrounded weights by the gradients at the rounded ones', async () => {
  const model = oneDense([[3], [1.4]]);
  model.compile({optimizer: tf.train.sgd(0.125), loss: 'meanSquaredError'});
  const callback = quantization({bits: 3, granularity: 'tensor'});
  const x = tf.tensor2d([
    [1, 0],
    [0, 1],
  ]);
  const y = tf.tensor2d([[0], [2]]);
  const kernels: number[][] = [];
  const record = new tf.CustomCallback({
    onBatchEnd: async () => void kernels.push(kernelsOf(model)[0]),
  }) as unknown as tf.Callback;
  await model.fit(x, y, {epochs: 1, batchSize: 1, shuffle: false, verbose: 0, callbacks: [callback, record]});
  // Scale 1: 3 and 1. The gradients are 2 · 3, with the bias −0.75 then 2 · (1 − 0.75 − 2).
  expect(kernels).toEqual([
    [2, 1],
    [2, 2],
  ]);
  const {latent} = callback.state();
  expect([...new Float32Array(Uint8Array.from(Buffer.from(latent[0].values, 'base64')).buffer)]).toEqual(
    [2.25, 1.4 + 0.4375].map(Math.fround),
  );
});

describe.each(backends)('quantization() on %s', (backend) => {
  useBackend(backend);

  it.each(ways)('rounds a weight of one or no remaining element to %s', async (_, options) => {
    for (const kept of [0, 1]) {
      const model = oneDense([[3, 5, 7]]);
      const [{mask, value}] = prunableWeights(model);
      tf.tidy(() => mask.assign(tf.tensor([[0, 0, kept]], [1, 3], 'bool')));
      model.compile({optimizer: tf.train.sgd(0), loss: 'meanSquaredError'});
      const [x, y] = [tf.ones([2, 1]), tf.ones([2, 3])];
      await model.fit(x, y, {epochs: 2, verbose: 0, callbacks: [quantization({...options, bits: 4})]});
      expect([...(await value.data())]).toEqual([0, 0, 7 * kept]);
      model.dispose();
    }
  });
  describe.each(backend === 'wasm' ? [false, true] : [false])('with enableTraining: %s', (enabled) => {
    let disable = () => {};
    beforeAll(() => {
      if (enabled) disable = enableTraining();
    });
    afterAll(() => disable());

    it.each(ways)('trains weights with %s that encode() writes exactly', async (_, options) => {
      for (const bits of [2, 8]) {
        const model = compiled('adam');
        await prune(model, 0.5);
        const [weights, before] = [prunableWeights(model), kernelsOf(model)];
        await fitOn(model, {epochs: 3, batchSize: 2, callbacks: [quantization({...options, bits})]});
        const after = kernelsOf(model);
        after.forEach((kernel, i) => {
          const channels = options.granularity === 'channel' ? (weights[i].value.shape[1] as number) : 1;
          for (let channel = 0; channel < channels; channel++) {
            const values = new Set(kernel.filter((_, j) => j % channels === channel));
            expect(values.size).toBeLessThanOrEqual(2 ** bits + 1);
          }
          expect(kernel.filter((value, j) => before[i][j] === 0 && !Object.is(value, 0))).toEqual([]);
          expect(kernel).not.toEqual(before[i]);
        });
        const values = options.granularity === undefined ? {bits} : 'int8';
        const back = await decode(await encode(model, {values}));
        const plain = await strip(model);
        expect(back.getWeights().map((w) => [...w.dataSync()])).toEqual(
          plain.getWeights().map((w) => [...w.dataSync()]),
        );
        expect(outputsOf(back)).toEqual(outputsOf(plain));
        const small = await compact(model);
        expect(outputsOf(await decode(await encode(small, {values})))).toEqual(outputsOf(small));
        for (const each of [model, back, plain, small]) each.dispose();
      }
    });

    it('lowers the loss at the rounded weights, which validation sees', async () => {
      const model = compiled('adam');
      const {x, y} = examples();
      const history = await fitOn(model, {
        epochs: 30,
        validationData: [x, y],
        callbacks: [quantization({bits: 3})],
      });
      const losses = history.val_loss as number[];
      expect(losses[29]).toBeLessThan(0.9 * losses[0]);
      expect(losses[29]).toBe((model.evaluate(x, y) as tf.Scalar).dataSync()[0]);
      tf.dispose([x, y]);
    });
  });
});

it('quantization() begins by default when the masks of pruning() are final', async () => {
  const prunings = [
    () => pruning({schedule: linear({to: 0.5}), begin: 1, end: 2}),
    () => pruning({schedule: linear({to: 0.5}), unit: 'batch', begin: 1, end: 9}),
  ];
  for (const prune of prunings) {
    for (const callbacks of [0, 1]) {
      const model = compiled('adam');
      const counts: number[] = [];
      const count = new tf.CustomCallback({
        onEpochEnd: async () => void counts.push(new Set(kernelsOf(model)[0]).size),
      }) as unknown as tf.Callback;
      const own = quantization({bits: 2});
      const list = callbacks === 0 ? [own, prune()] : [prune(), own];
      await fitOn(model, {epochs: 5, batchSize: 2, callbacks: [...list, count]});
      // Four values and 0.
      expect(counts.map((each) => each <= 5)).toEqual([false, false, false, true, true]);
    }
  }
});

describe('quantization() throws before the first batch', () => {
  it.each<[string, () => tf.Callback | tf.Callback[], RegExp]>([
    [
      '1 bit',
      () => quantization({bits: 1}),
      /^quantization: bits must be a whole number from 2 to 8, got 1$/,
    ],
    ['9 bits', () => quantization({bits: 9}), /from 2 to 8, got 9$/],
    ['2.5 bits', () => quantization({bits: 2.5}), /from 2 to 8, got 2.5$/],
    ['no bits', () => quantization({} as never), /from 2 to 8, got undefined$/],
    ['an unknown option', () => quantization({bits: 4, when: 3} as never), /unknown option "when"/],
    [
      'an unknown granularity',
      () => quantization({bits: 4, granularity: 'row' as never}),
      /granularity must be 'codebook', 'channel' or 'tensor', got "row"$/,
    ],
    [
      'a negative begin',
      () => quantization({bits: 4, begin: -1}),
      /begin must be a whole number from 0, got -1$/,
    ],
    [
      'a begin past the end',
      () => quantization({bits: 4, begin: 4}),
      /begin 4 is past the last epoch, 3; begin earlier/,
    ],
    ['an unknown layer', () => quantization({bits: 4, where: ['none']}), /no prunable layer "none"/],
    [
      'a where that selects nothing',
      () => quantization({bits: 4, where: () => false}),
      /no weight of model ".*" is selected/,
    ],
  ])('for %s', async (_, make, message) => {
    await expectNoBatch(make as () => tf.Callback, message);
  });

  const withMasks = (callback: () => tf.Callback, begin: number | undefined, message: RegExp) => async () => {
    for (const isFirst of [true, false]) {
      const model = compiled();
      const own = quantization({bits: 4, begin});
      const callbacks = isFirst ? [own, callback()] : [callback(), own];
      const {x, y} = examples();
      const before = model.getWeights().map((weight) => [...weight.dataSync()]);
      await expect(fitOn(model, {epochs: 6, callbacks, validationData: [x, y]})).rejects.toThrow(message);
      expect(
        model
          .getWeights()
          .slice(0, 2)
          .map((weight) => [...weight.dataSync()]),
      ).toEqual(before.slice(0, 2));
    }
  };
  it(
    'if it begins before pruning ends',
    withMasks(
      () => pruning({schedule: linear({to: 0.5}), end: 3}),
      3,
      /^quantization: begin 3 is before the masks are final, at the end of epoch 3; begin at 4 or later$/,
    ),
  );
  it(
    'if pruning by batches ends in a later epoch',
    withMasks(
      () => pruning({schedule: linear({to: 0.5}), unit: 'batch', end: 4}),
      4,
      /at the end of epoch 4; begin at 5 or later/,
    ),
  );
  it(
    'beside iterativePruning()',
    withMasks(
      () => iterativePruning({maxDrop: 1}),
      3,
      /may change the zeros until the end of this fit; quantize in a fit after it$/,
    ),
  );
  it(
    'beside project()',
    withMasks(
      () => project({sparsity: 0.5}),
      3,
      /may change the zeros until the end of this fit; quantize in a fit after it$/,
    ),
  );
  it(
    'if another quantizes the same weight',
    withMasks(
      () => quantization({bits: 2, where: ['output']}),
      3,
      /weight "output\/kernel" is quantized by another callback/,
    ),
  );

  it('if a weight is NaN', async () => {
    const model = oneDense([[1, Number.NaN]]);
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    await expect(
      model.fit(tf.ones([1, 1]), tf.ones([1, 2]), {
        epochs: 3,
        verbose: 0,
        callbacks: [quantization({bits: 4, begin: 2})],
      }),
    ).rejects.toThrow('quantization: weight "only/kernel" has the value NaN, which cannot be rounded');
  });

  it('if the model has no masks', async () => {
    const model = await strip(mlp());
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    await expect(fitOn(model, {callbacks: [quantization({bits: 4})]})).rejects.toThrow(
      'has no prunable layers',
    );
  });
});

it('several callbacks quantize different weights with different bits', async () => {
  const model = compiled('adam');
  const callbacks = [
    quantization({bits: 2, where: ['hidden']}),
    quantization({bits: 3, where: ['output'], granularity: 'tensor'}),
  ];
  await fitOn(model, {epochs: 2, callbacks});
  const [hidden, output] = kernelsOf(model);
  expect([new Set(hidden).size, new Set(output).size <= 7]).toEqual([4, true]);
});

it('quantization() follows masks that are changed while it runs', async () => {
  const model = compiled('adam');
  const change = new tf.CustomCallback({
    onEpochEnd: async (epoch) => {
      if (epoch === 1) await prune(model, 0.5);
    },
  }) as unknown as tf.Callback;
  await fitOn(model, {epochs: 4, callbacks: [quantization({bits: 2}), change]});
  kernelsOf(model).forEach((kernel, i) => {
    const kept = [...prunableWeights(model)[i].mask.dataSync()];
    expect(kernel.map((value) => +(value !== 0))).toEqual(kept);
    expect(new Set(kernel).size).toBeLessThanOrEqual(5);
  });
});

/** Stops a training after an epoch, as a user does. */
class Stop extends tf.Callback {
  constructor(readonly last: number) {
    super();
  }
  override async onEpochEnd(epoch: number): Promise<void> {
    if (epoch === this.last) this.model.stopTraining = true;
  }
}

describe.each(ways)('a training with %s', (_, options) => {
  const make = () =>
    [
      pruning({schedule: constant(0.3), begin: 0, end: 0}),
      quantization({...options, bits: 3, begin: 2}),
    ] as const;
  const weightsOf = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
  const train = (
    model: tf.LayersModel,
    callbacks: readonly tf.Callback[],
    initialEpoch: number,
    epochs: number,
  ) => fitOn(model, {initialEpoch, epochs, batchSize: 3, callbacks: [...callbacks]});

  it.each([1, 2, 3, 4])('resumes exactly after epoch %d in another process', async (stop) => {
    const whole = compiled('adam');
    await train(whole, make(), 0, 6);

    let part: tf.LayersModel = compiled('adam');
    const [first, own] = make();
    await train(part, [first, own, new Stop(stop - 1)], 0, 6);
    const text = JSON.stringify([first.state(), own.state()]);
    part = await saveAndLoad(part, {includeOptimizer: true});
    const [second, next] = make();
    const [a, b] = JSON.parse(text);
    second.restore(a);
    next.restore(b as QuantizationState);
    await train(part, [second, next], stop, 6);
    expect(weightsOf(part)).toEqual(weightsOf(whole));
  });

  it('goes on with the unrounded weights in a second fit of the same callback', async () => {
    const [whole, parts] = [compiled('adam'), compiled('adam')];
    const callback = () => quantization({...options, bits: 3});
    await train(whole, [callback()], 0, 4);
    const same = callback();
    await train(parts, [same], 0, 2);
    await train(parts, [same], 2, 4);
    expect(weightsOf(parts)).toEqual(weightsOf(whole));
  });
});

it('quantization() rejects states of other models, and what is no state', async () => {
  const callback = quantization({bits: 4});
  expect(() => callback.restore({} as never)).toThrow(
    'quantization: state must be a state of quantization()',
  );
  callback.restore({weights: ['other/kernel [1,2]'], latent: []});
  await expect(fitOn(compiled(), {callbacks: [callback]})).rejects.toThrow('the state is of another model');
  const model = compiled();
  const one = quantization({bits: 4});
  await fitOn(model, {callbacks: [one]});
  await prune(model, 0.8);
  const two = quantization({bits: 4});
  two.restore(one.state());
  await expect(fitOn(model, {callbacks: [two]})).rejects.toThrow(
    /the state has 24 values of weight "hidden\/kernel", which has 5 now/,
  );
});

it('quantization() has no state in the middle of an epoch', async () => {
  const callback = quantization({bits: 4});
  const ask = new tf.CustomCallback({
    onBatchEnd: async () => void callback.state(),
  }) as unknown as tf.Callback;
  await expect(fitOn(compiled(), {callbacks: [callback, ask]})).rejects.toThrow(
    'complete at the end of an epoch',
  );
});

it('quantization() leaks no tensors, also when fit is stopped or throws', async () => {
  const model = compiled('adam');
  await prune(model, 0.6);
  await fitOn(model, {});
  const stop = new tf.CustomCallback({
    onBatchEnd: async () => {
      model.stopTraining = true;
    },
  }) as unknown as tf.Callback;
  const fail = new tf.CustomCallback({
    onEpochBegin: async (epoch) => {
      if (epoch === 1) throw new Error('failed');
    },
  }) as unknown as tf.Callback;
  const leakedBy = async (...callbacks: tf.Callback[]) => {
    const before = tf.memory().numTensors;
    await fitOn(model, {epochs: 3, batchSize: 3, callbacks}).catch(({message}) =>
      expect(message).toBe('failed'),
    );
    return tf.memory().numTensors - before;
  };
  for (const more of [[], [stop], [fail]]) {
    // tfjs itself leaves a loss when a callback throws.
    const expected = await leakedBy(...more);
    for (const [, options] of ways) {
      expect(await leakedBy(quantization({...options, bits: 3}), ...more)).toBe(expected);
      // The weights are rounded however fit ends.
      const [{shape}] = prunableWeights(model).map(({value}) => value);
      const channels = options.granularity === 'channel' ? (shape.at(-1) as number) : 1;
      const first = kernelsOf(model)[0].filter((_, i) => i % channels === 0);
      expect(new Set(first).size).toBeLessThanOrEqual(9);
    }
  }
});
