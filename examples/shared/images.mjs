// Images from a folder, decoded by sharp: a subfolder for each class, as in `flowers/rose/1.jpg`.
import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import {digits} from './digits.mjs';

/** Images `x`, [count, size, size, 3] from 0 to 1, and one-hot labels `y`: four fifths in `train`, the others in `test`. */
export async function imagesIn(folder, size) {
  const names = readdirSync(folder).sort();
  const files = names.flatMap((name, label) =>
    readdirSync(join(folder, name)).map((file) => ({path: join(folder, name, file), label})),
  );
  tf.util.shuffle(files);
  const decode = ({path}) =>
    sharp(path).resize(size, size).toColorspace('srgb').removeAlpha().raw().toBuffer();
  const pixels = Buffer.concat(await Promise.all(files.map(decode)));
  const x = tf.tensor4d(
    Float32Array.from(pixels, (value) => value / 255),
    [files.length, size, size, 3],
  );
  const labels = tf.tensor1d(
    files.map(({label}) => label),
    'int32',
  );
  const y = tf.tidy(() => tf.oneHot(labels, names.length).toFloat());
  const first = Math.floor(0.8 * files.length);
  const part = (start, count) => ({x: x.slice(start, count), y: y.slice(start, count)});
  return {train: part(0, first), test: part(first, files.length - first), names};
}

/** Writes some digits of MNIST as such a folder, to try a program without images of your own. */
export async function writeDigits(folder, count) {
  const {x, y} = digits(count);
  const [pixels, labels] = await Promise.all([tf.mul(x, 255).data(), y.argMax(1).data()]);
  for (const [i, label] of labels.entries()) {
    mkdirSync(join(folder, `${label}`), {recursive: true});
    const image = sharp(Uint8Array.from(pixels.subarray(784 * i, 784 * (i + 1))), {
      raw: {width: 28, height: 28, channels: 1},
    });
    await image.toFile(join(folder, `${label}`, `${i}.png`));
  }
  return folder;
}
