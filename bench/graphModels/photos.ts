import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import {seeded} from '../accuracy/seeded';

const folder = join(import.meta.dirname, '../../node_modules/@vladmandic/human/assets');
/** Screenshots with hundreds of photos of people. */
const files = ['samples.jpg', 'screenshot-facematch.jpg'];
/** Photos to test on are in the last quarter of each screenshot, those to train on in the rest. */
const TRAINED = 0.75;

export type Part = 'train' | 'test';

/** Random squares of photos, of many sizes and half of them mirrored, with values in [0, 1]. */
export async function photosOf(
  count: number,
  [height, width]: readonly number[],
  part: Part,
): Promise<tf.Tensor4D> {
  const random = seeded(part === 'train' ? 1 : 2);
  const between = (from: number, to: number) => Math.floor(from + (to - from) * random());
  const pixels = new Float32Array(count * height * width * 3);
  const sizes = await Promise.all(files.map((file) => sharp(join(folder, file)).metadata()));
  for (let i = 0; i < count; i++) {
    const all = sizes[i % files.length];
    const [from, to] = part === 'train' ? [0, all.width * TRAINED] : [all.width * TRAINED, all.width];
    const size = between(80, 300);
    const left = between(from, to - size);
    const top = between(0, all.height - size);
    const picture = sharp(join(folder, files[i % files.length]))
      .extract({left, top, width: size, height: size})
      .resize(width, height)
      .removeAlpha();
    const bytes = await (random() < 0.5 ? picture : picture.flop()).raw().toBuffer();
    const offset = i * height * width * 3;
    for (let j = 0; j < bytes.length; j++) pixels[offset + j] = bytes[j] / 255;
  }
  return tf.tensor4d(pixels, [count, height, width, 3]);
}
