import {existsSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {folder} from '../../demo/node/files';
import type {Examples} from '../../demo/node/mnist';
import {accuracyOn, type Images, type Split} from './data';
import {teacherNetwork} from './networks';
import {seeded} from './seeded';

const BATCH = 128;
/** The parts of a batch that are shifted differently. */
const PARTS = 4;
const SEED = 7;

/** How the images of a batch vary: shifted by up to so many pixels in both directions, and mirrored. */
const variations = {
  mnist: {shift: 2, mirrors: false, epochs: 9},
  fashion: {shift: 1, mirrors: true, epochs: 10},
} as const;

/** The teacher of a set of images, trained on the first call and then kept in a folder. */
export async function teacherFor(
  images: Images,
  out: string,
  {training, validation}: Split,
  quick: boolean,
): Promise<tf.LayersModel> {
  const place = join(out, `teacher-${images}${quick ? '-quick' : ''}`);
  if (existsSync(place)) return tf.loadLayersModel(folder(place));
  const model = teacherNetwork(training.x.shape.slice(1), training.y.shape[1], SEED);
  await teach(model, training, {...variations[images], ...(quick ? {epochs: 1} : {})});
  console.error(
    `teacher of ${images}: ${accuracyOn(model, validation).toFixed(2)} % of the validation images`,
  );
  await model.save(folder(place));
  return model;
}

/** Trains with Adam, at a rate that falls from 0.002 along a cosine. */
async function teach(
  model: tf.LayersModel,
  {x, y}: Examples,
  {shift, mirrors, epochs}: {shift: number; mirrors: boolean; epochs: number},
): Promise<void> {
  const optimizer = tf.train.adam(2e-3);
  model.compile({optimizer, loss: 'categoricalCrossentropy'});
  const random = seeded(SEED);
  const below = (count: number) => Math.floor(random() * count);
  const perEpoch = Math.floor(x.shape[0] / BATCH);
  const [, height, width] = x.shape;
  const varied = (batch: tf.Tensor4D) => {
    const padded = tf.pad(batch, [
      [0, 0],
      [shift, shift],
      [shift, shift],
      [0, 0],
    ]) as tf.Tensor4D;
    const parts = Array.from({length: PARTS}, (_, part) => {
      const corner = [(part * BATCH) / PARTS, below(2 * shift + 1), below(2 * shift + 1), 0];
      const moved = tf.slice(padded, corner as [number, number, number, number], [
        BATCH / PARTS,
        height,
        width,
        1,
      ]);
      return mirrors && below(2) ? tf.reverse(moved, 2) : moved;
    });
    return tf.concat(parts);
  };
  for (let step = 0; step < epochs * perEpoch; ) {
    const order = Int32Array.from({length: x.shape[0]}, (_, i) => i);
    for (let i = order.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let batch = 0; batch < perEpoch; batch++, step++) {
      Object.assign(optimizer, {learningRate: rateAt(step / (epochs * perEpoch), 2e-3)});
      const [images, labels] = tf.tidy(() => {
        const rows = tf.tensor1d(order.subarray(batch * BATCH, (batch + 1) * BATCH), 'int32');
        return [varied(tf.gather(x, rows)), tf.gather(y, rows)];
      });
      await model.trainOnBatch(images, labels);
      tf.dispose([images, labels]);
    }
  }
}

/** A rate that falls along a cosine to a hundredth. */
function rateAt(progress: number, rate: number): number {
  return rate * (0.01 + (0.99 * (1 + Math.cos(Math.PI * progress))) / 2);
}
