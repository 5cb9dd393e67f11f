import * as tf from '@tensorflow/tfjs';
import {enableTraining} from 'tfjs-pruning/wasm';
import type {WasmBackend} from '../../../src/wasm/backend';
import {install, uninstall} from '../../../src/wasm/sparse/dispatch';
import {explain, lastRun} from '../../../src/wasm/sparse/explain';
import {listsOn} from '../../../src/wasm/sparse/lists';
import {markWeight} from '../../../src/wasm/sparse/markWeight';
import {matrixWindow} from '../../../src/wasm/sparse/window';
import {numbers, restartWasm} from '../backends';

beforeAll(restartWasm);
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());
afterAll(uninstall);

/** Numbers of which about one in twenty is left. */
function sparseNumbers(shape: number[], seed = 1): tf.Tensor {
  return tf.tidy(() => {
    const values = numbers(shape, seed);
    return tf.mul(values, tf.greater(tf.abs(numbers(shape, seed + 1)), 0.95));
  });
}

const marked = (shape: number[], seed?: number) => {
  const weight = sparseNumbers(shape, seed);
  markWeight(weight);
  return weight;
};

/** A copy that is not marked, with data of its own. */
const plain = (weight: tf.Tensor) => tf.tensor(weight.dataSync(), weight.shape);

const lists = () => listsOn(tf.backend() as unknown as WasmBackend);

const differenceOf = (a: tf.Tensor, b: tf.Tensor) => {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]);
};

/** Expects an op to compute by nonzeros, with the outputs of the stock kernel. */
function expectSparse(weight: tf.Tensor, op: (weight: tf.Tensor) => tf.Tensor): void {
  const before = lastRun(weight);
  const found = op(weight);
  expect(lastRun(weight)).not.toBe(before);
  expect(lastRun(weight)?.plan.form).toBeDefined();
  expect(differenceOf(found, op(plain(weight)))).toBeLessThan(1e-5);
}

const image = () => numbers([2, 20, 20, 32], 5) as tf.Tensor4D;
type Filter = tf.Tensor4D;

const ops: [string, number[], (weight: tf.Tensor) => tf.Tensor][] = [
  ['matMul', [128, 128], (b) => tf.matMul(numbers([40, 128], 3), b)],
  ['matMul of a batch', [128, 128], (b) => tf.matMul(numbers([3, 40, 128], 3), b)],
  [
    'fused matMul',
    [128, 128],
    (b) => tf.fused.matMul({a: numbers([40, 128], 3), b, bias: numbers([128], 4)}),
  ],
  ['conv2d', [3, 3, 32, 32], (w) => tf.conv2d(image(), w as Filter, [2, 1], 'same')],
  ['dilated conv2d', [3, 3, 32, 32], (w) => tf.conv2d(image(), w as Filter, 1, 'same', 'NHWC', 2)],
  [
    'conv1d',
    [3, 128, 128],
    (w) => tf.conv1d(numbers([2, 40, 128], 3) as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
  ],
  ['conv2d of 1 × 1', [1, 1, 32, 64], (w) => tf.conv2d(image(), w as Filter, 1, 'valid')],
  ['depthwise conv2d', [5, 5, 32, 1], (w) => tf.depthwiseConv2d(image(), w as Filter, 1, 'same')],
  [
    'fused conv2d',
    [3, 3, 32, 32],
    (filter) =>
      tf.fused.conv2d({
        ...{x: image(), filter: filter as Filter, strides: 1, pad: 'valid'},
        ...{bias: numbers([32], 4) as tf.Tensor1D, activation: 'relu6'},
      }),
  ],
  [
    'fused depthwise conv2d',
    [5, 5, 32, 1],
    (filter) =>
      tf.fused.depthwiseConv2d({
        ...{x: image(), filter: filter as Filter, strides: 1, pad: 'same'},
        ...{bias: numbers([32], 4) as tf.Tensor1D, activation: 'relu'},
      }),
  ],
];

it.each(ops)('%s multiplies by the nonzeros of marked data', (_, shape, op) => {
  expectSparse(marked(shape), op);
});

it.each(['elu', 'leakyrelu', 'prelu', 'relu', 'sigmoid'] as const)(
  'fused %s follows a sparse product',
  (activation) => {
    const preluActivationWeights = activation === 'prelu' ? numbers([32], 6) : undefined;
    expectSparse(marked([3, 3, 32, 32]), (filter) =>
      tf.fused.conv2d({
        ...{x: image(), filter: filter as Filter, strides: 1, pad: 'same'},
        ...{bias: numbers([32], 4) as tf.Tensor1D, activation, preluActivationWeights, leakyreluAlpha: 0.3},
      }),
    );
    expectSparse(marked([128, 128]), (b) =>
      tf.fused.matMul({
        ...{a: numbers([40, 128], 3), b, bias: numbers([128], 4), activation, leakyreluAlpha: 0.3},
        preluActivationWeights: preluActivationWeights && numbers([128], 6),
      }),
    );
  },
);

it('a window as large as its image is planned as a product of matrices', () => {
  const weight = marked([3, 3, 128, 256]);
  expectSparse(weight, (w) => tf.conv2d(numbers([1, 3, 3, 128], 3) as tf.Tensor4D, w as Filter, 1, 'valid'));
  expect(lastRun(weight)?.plan.form?.loop).toBe('rows');
});

describe('marked data stays known', () => {
  const times = (b: tf.Tensor) => tf.matMul(numbers([40, 64], 3), b as tf.Tensor2D);

  it.each<[string, (weight: tf.Tensor) => tf.Tensor]>([
    ['a reshape', (weight) => tf.reshape(weight, [64, 256])],
    ['a clone', (weight) => tf.reshape(weight.clone(), [64, 256])],
    ['a cast to its own type', (weight) => tf.reshape(tf.cast(weight, 'float32'), [64, 256])],
    ['a transpose that moves nothing', (weight) => tf.reshape(tf.transpose(weight, [0, 1]), [64, 256])],
    [
      'a transpose that moves dimensions of one element',
      (weight) => {
        const [long] = [tf.reshape(weight, [1, 64, 1, 256])];
        return tf.reshape(tf.transpose(long, [1, 2, 3, 0]), [64, 256]);
      },
    ],
  ])('after %s', (_, change) => {
    const weight = marked([128, 128]);
    const changed = change(weight);
    expect(changed.dataId).toBe(weight.dataId);
    const found = times(changed);
    expect(lastRun(weight)?.plan.form).toBeDefined();
    expect(differenceOf(found, times(plain(changed)))).toBeLessThan(1e-5);
  });

  it('in a dense layer with inputs of three dimensions', () => {
    const layer = tf.layers.dense({units: 128, inputShape: [5, 128]});
    const model = tf.sequential({layers: [layer]});
    const weight = layer.weights[0].read() as tf.Variable;
    weight.assign(sparseNumbers([128, 128]));
    markWeight(weight);
    layer.apply(numbers([8, 5, 128], 3));
    expect(lastRun(weight)?.plan.form).toBeDefined();
    model.dispose();
  });

  it('when a variable is assigned', () => {
    const weight = tf.variable(sparseNumbers([64, 256]));
    markWeight(weight);
    expectSparse(weight, times);
    weight.assign(sparseNumbers([64, 256], 7));
    expectSparse(weight, times);
    weight.dispose();
  });

  it('but not after a real transpose, whose outputs are those of the stock kernel', () => {
    const weight = marked([256, 64]);
    const transposed = tf.transpose(weight);
    expect(transposed.dataId).not.toBe(weight.dataId);
    expect(differenceOf(times(transposed), times(plain(transposed)))).toBe(0);
  });
});

describe('the stock kernel computes', () => {
  it.each<[string, number[], (weight: tf.Tensor) => tf.Tensor, string]>([
    [
      'a transposed operand',
      [128, 128],
      (b) => tf.matMul(numbers([40, 128], 3), b, false, true),
      'an operand is transposed',
    ],
    [
      'a batch of matrices',
      [3, 64, 64],
      (b) => tf.matMul(numbers([3, 40, 64], 3), b),
      'it is a batch of matrices',
    ],
    [
      'numeric padding',
      [3, 3, 32, 32],
      (w) => tf.conv2d(image(), w as Filter, 1, 1),
      'its padding is neither same nor valid',
    ],
    [
      'several filters for each channel',
      [3, 3, 32, 2],
      (w) => tf.depthwiseConv2d(image(), w as Filter, 1, 'same'),
      'each channel has 2 filters',
    ],
    [
      'channels that do not come in fours',
      [3, 3, 6, 1],
      (w) => tf.depthwiseConv2d(numbers([1, 9, 9, 6], 4) as tf.Tensor4D, w as Filter, 1, 'same'),
      'its channels do not come in fours',
    ],
  ])('%s, and explain says why', (_, shape, op, reason) => {
    const weight = marked(shape);
    expect(differenceOf(op(weight), op(plain(weight)))).toBe(0);
    expect(explain(weight, {window: matrixWindow(1, 1)})).toBe(`dense, as ${reason}`);
    expect(lists()).toBe(0);
  });

  it('where few weights are 0', () => {
    const weight = numbers([512, 511], 3);
    markWeight(weight);
    const times = (b: tf.Tensor) => tf.matMul(numbers([1, 512], 3), b);
    expect(differenceOf(times(weight), times(plain(weight)))).toBe(0);
    expect(explain(weight, {window: matrixWindow(512, 511)})).toMatch(/^dense, as sparse would take \d+ %/);
  });

  it('and throws for operands that do not match', () => {
    const weight = marked([128, 128]);
    expect(() => tf.matMul(numbers([40, 127], 3), weight)).toThrow(/inner shapes/);
  });

  it('where gradients are taken, which are those of unmarked data', () => {
    const weight = marked([128, 128]);
    const gradient = (b: tf.Tensor) =>
      tf.grad((a) => tf.sum(tf.square(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D))))(numbers([40, 128], 3));
    expect(differenceOf(gradient(weight), gradient(plain(weight)))).toBe(0);
    expect(lastRun(weight)).toBeUndefined();
  });
});

describe('lists', () => {
  const times = (b: tf.Tensor) => tf.matMul(numbers([40, 256], 3), b as tf.Tensor2D);
  const use = (b: tf.Tensor) => tf.tidy(() => void times(b));

  beforeEach(() => expect(lists()).toBe(0));
  afterEach(() => expect(lists()).toBe(0));

  it('are freed with the data', () => {
    const weight = marked([256, 64]);
    use(weight);
    expect(lists()).toBe(1);
    const clone = weight.clone();
    weight.dispose();
    expect(lists()).toBe(1);
    use(clone);
    clone.dispose();
  });

  it('are made again when a variable is assigned', () => {
    const weight = tf.variable(sparseNumbers([256, 64]));
    markWeight(weight);
    for (let i = 0; i < 3; i++) {
      tf.tidy(() => void weight.assign(sparseNumbers([256, 64], i)));
      use(weight);
      expect(lists()).toBe(1);
    }
    weight.dispose();
  });

  it('are at most four for each weight, for any number of shapes and windows', () => {
    const weight = marked([2, 2, 32, 64]);
    for (let size = 10; size < 40; size++) {
      tf.conv2d(numbers([1, size, size, 32], 3) as tf.Tensor4D, weight as Filter, 1, 'same').dispose();
    }
    expect(lists()).toBe(4);
    weight.dispose();
  });

  it('are no leak of a kernel, in the eyes of tfjs, nor of a scope', () => {
    tf.env().set('IS_TEST', true);
    const weight = marked([256, 64]);
    const before = [tf.memory().numTensors, tf.backend().numDataIds()];
    for (let i = 0; i < 3; i++)
      tf.tidy(() => void tf.fused.matMul({a: numbers([40, 256], 3), b: weight, activation: 'sigmoid'}));
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
    tf.env().set('IS_TEST', false);
    weight.dispose();
  });

  it('leave with the data when another backend takes it, and are made again when it returns', async () => {
    const weight = marked([256, 64]);
    const expected = times(weight);
    await expected.data();
    expect(lists()).toBe(1);
    const wasm = tf.backend() as unknown as WasmBackend;
    await tf.setBackend('cpu');
    const found = times(weight);
    expect(explain(weight, {window: matrixWindow(256, 64)})).toBe('dense, as the backend is cpu');
    expect(listsOn(wasm)).toBe(0);
    await tf.setBackend('wasm');
    use(weight);
    expect(lists()).toBe(1);
    expect(differenceOf(found, expected)).toBeLessThan(1e-5);
    weight.dispose();
  });

  it('are gone with a backend that is removed, and made again on the next', async () => {
    const weight = marked([256, 64]);
    use(weight);
    await tf.setBackend('cpu');
    use(weight);
    await restartWasm();
    expectSparse(weight, times);
    weight.dispose();
  });
});

it('one weight that two variables share is listed once', () => {
  const value = sparseNumbers([256, 64]);
  const [a, b] = [tf.variable(value), tf.variable(value)];
  for (const weight of [a, b]) {
    markWeight(weight);
    tf.matMul(numbers([40, 256], 3), weight).dispose();
  }
  expect(a.dataId).toBe(b.dataId);
  expect(lists()).toBe(1);
  tf.dispose([value, a, b]);
  expect(lists()).toBe(0);
});

it('NaN weights spread as in a dense product', () => {
  const values = sparseNumbers([256, 64]).dataSync().slice();
  values[64 * 3 + 7] = Number.NaN;
  const weight = tf.tensor(values, [256, 64]);
  markWeight(weight);
  const found = tf.matMul(numbers([40, 256], 3), weight);
  expect(lastRun(weight)?.plan.form).toBeDefined();
  const places = found.isNaN().dataSync();
  places.forEach((value, i) => {
    expect(value).toBe(i % 64 === 7 ? 1 : 0);
  });
});

describe('with enableTraining', () => {
  const weight = () => marked([128, 128]);
  const times = (b: tf.Tensor) => tf.matMul(numbers([40, 128], 3), b as tf.Tensor2D);

  it.each<[string, (undo: () => void) => void]>([
    [
      'undone last',
      (undo) => {
        uninstall();
        undo();
      },
    ],
    [
      'undone first',
      (undo) => {
        undo();
        expectSparse(weight(), times);
        uninstall();
      },
    ],
  ])('marked data is multiplied by its nonzeros, and the kernels of tfjs come back: %s', (_, undo) => {
    uninstall();
    const stock = tf.getKernel('BatchMatMul', 'wasm');
    for (const order of [
      [install, enableTraining],
      [enableTraining, install],
    ]) {
      const undos = order.map((start) => start()).filter((one) => one !== undefined);
      expectSparse(weight(), times);
      undo(undos[0]);
      expect(tf.getKernel('BatchMatMul', 'wasm')).toBe(stock);
    }
    install();
  });
});
