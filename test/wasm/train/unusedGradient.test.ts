import * as tf from '@tensorflow/tfjs';
import {enableTraining} from '../../../src/wasm';
import {expectSameOnBoth, fillFreshOutputs, numbers} from '../backends';

let restore = () => {};

beforeAll(async () => {
  await tf.setBackend('wasm');
  // What is not computed is NaN, which spreads to where it is used.
  fillFreshOutputs(NaN);
});
beforeEach(() => {
  restore = enableTraining();
});
afterEach(() => restore());

const conv = (x: tf.Tensor, filter: tf.Tensor) =>
  tf.fused.conv2d({x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: 'same'}) as tf.Tensor;

const image = () => numbers([2, 5, 6, 3], 1);
const filter = () => numbers([3, 3, 3, 3], 2);

/** How many input gradients of convolutions are computed; each is a convolution. */
async function computed(run: () => unknown): Promise<number> {
  const spy = jest.spyOn(tf.getKernel('Conv2D', 'wasm'), 'kernelFunc');
  await run();
  const {length} = spy.mock.calls;
  spy.mockRestore();
  return length;
}

describe('with enableTraining() the input gradient of a fused convolution', () => {
  it('is left out for the first layer of a network', async () => {
    await tf.setBackend('wasm');
    const {layers} = tf;
    const model = tf.sequential({
      layers: [
        layers.reshape({targetShape: [6, 6, 2], inputShape: [72]}),
        layers.conv2d({filters: 4, kernelSize: 3}),
        layers.conv2d({filters: 3, kernelSize: 3}),
        layers.flatten(),
      ],
    });
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const [x, y] = [numbers([2, 72], 1), numbers([2, 12], 2)];
    expect(await computed(() => model.trainOnBatch(x, y))).toBe(1);
    expect(model.getWeights().every((weight) => weight.dataSync().every(Number.isFinite))).toBe(true);
    restore();
    restore = enableTraining();
    expect(await computed(() => model.trainOnBatch(x, y))).toBe(1);
    model.dispose();
    tf.dispose([x, y]);
  });

  it('is computed where it is asked for, or where its input depends on what is asked for', async () => {
    await tf.setBackend('wasm');
    const gradients = (f: (x: tf.Tensor) => tf.Tensor) => () => tf.tidy(() => tf.grad(f)(image()));
    expect(await computed(gradients((x) => conv(x, filter())))).toBe(1);
    expect(await computed(gradients((x) => conv(tf.relu(x), filter())))).toBe(1);
    expect(await computed(gradients((x) => tf.mul(x, conv(image(), filter()))))).toBe(0);
  });

  it.each<[string, () => tf.Tensor]>([
    [
      'the input and the filter',
      () =>
        tf.concat(
          tf
            .grads(conv)([image(), filter()])
            .map((one) => tf.reshape(one, [-1])),
        ),
    ],
    ['a filter that is used twice', () => tf.grad((filter) => conv(conv(image(), filter), filter))(filter())],
    [
      'a filter that other convolutions use',
      () =>
        tf.grad((filter) => {
          const four = filter as tf.Tensor4D;
          const once = tf.conv2d(tf.relu(conv(image(), filter)) as tf.Tensor4D, four, 1, 'same');
          return tf.conv2dTranspose(once as tf.Tensor4D, four, [2, 5, 6, 3], 1, 'same');
        })(filter()),
    ],
    [
      'a gradient',
      () =>
        tf.grad((filter) =>
          tf.square(
            tf.grad((x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'))(image()),
          ),
        )(filter()),
    ],
  ])('leaves the gradients by %s those of the CPU backend', (_, compute) => expectSameOnBoth(compute));
});
