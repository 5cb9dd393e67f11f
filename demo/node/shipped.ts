import * as tf from '@tensorflow/tfjs';
import {ship} from 'tfjs-pruning';
import {stage} from '../../bin/staging';
import {gzipped, page} from '../ship/build';
import type {Examples} from './mnist';
import {median} from './results';
import {type Group, percent} from './text';

/** The time is the median of so many rounds of this number of images, which are read one by one. */
const ROUNDS = 9;
const TIMED = 1000;

/** A shipped network. */
interface Module {
  predict(image: Float32Array): Float32Array;
}

/** A module, as measured, and the page beside it. */
interface Shipped {
  readonly group: Group;
  /** Whether the folder has the page too. */
  readonly hasPage: boolean;
  /** Its size and its time for one image. */
  readonly summary: string;
}

/**
 * Ships a model as a module in a folder, and beside it the page that reads drawn digits, if the images are digits like MNIST.
 *
 * @param bits The bits of quantized weights.
 */
export async function shipInto(
  folder: string,
  model: tf.LayersModel,
  test: Examples,
  bits: number | undefined,
): Promise<Shipped> {
  const module = await ship(model, {values: bits === undefined ? 'int8' : {bits}});
  const hasPage = String(test.x.shape.slice(1)) === '28,28,1' && test.y.shape[1] === 10;
  const staging = stage(folder);
  try {
    await staging.write('digits.js', module);
    if (hasPage) await staging.write('index.html', page(module));
    staging.commit();
  } finally {
    staging.discard();
  }
  const {accuracy, microseconds} = measured(await import(dataUrl(module)), test);
  const [size, time] = [
    `${(gzipped(module) / 1000).toFixed(1)} kB`,
    `${microseconds.toFixed(microseconds < 10 ? 1 : 0)} µs`,
  ];
  return {
    group: {
      title: 'Shipped, without TensorFlow.js',
      rows: [
        ['module, gzipped', '', size, ''],
        ['accuracy', '', percent(accuracy), ''],
        ['one image', '', time, ''],
      ],
    },
    hasPage,
    summary: `${size}, ${time} an image`,
  };
}

/** A file outside of the project would not be a module in every version of Node. */
const dataUrl = (module: string) => `data:text/javascript;base64,${Buffer.from(module).toString('base64')}`;

function measured({predict}: Module, {x, y}: Examples): {accuracy: number; microseconds: number} {
  const pixels = x.dataSync<'float32'>();
  const labels = tf.tidy(() => tf.argMax(y, 1).dataSync());
  const size = pixels.length / labels.length;
  const image = (i: number) => pixels.subarray(i * size, (i + 1) * size);
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    const scores = predict(image(i));
    right += +(scores.indexOf(Math.max(...scores)) === labels[i]);
  }
  // Compiled by now.
  const times = Array.from({length: ROUNDS}, () => {
    const started = performance.now();
    for (let i = 0; i < TIMED; i++) predict(image(i % labels.length));
    return (performance.now() - started) * (1000 / TIMED);
  });
  return {accuracy: right / labels.length, microseconds: median(times)};
}
