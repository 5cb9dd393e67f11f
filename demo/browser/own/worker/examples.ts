import {type Tensor2D, type Tensor4D, tensor2d, tensor4d} from '@tensorflow/tfjs-core';
import {BYTES, CHANNELS, type Examples, SIDE} from '../protocol';

/** One image of so many is for testing. */
const TEST_EVERY = 5;
/** How far images are moved in training, in pixels. */
const SHIFT = 3;
/** How much brighter or darker they become. */
const LIGHT = 0.2;

/** The indices for training, by class, and those for testing: every fifth image of each class. */
export function split({labels, classes}: Examples): {train: number[][]; test: number[]} {
  const train: number[][] = Array.from({length: classes}, () => []);
  const test: number[] = [];
  const seen = new Uint32Array(classes);
  labels.forEach((label, i) => {
    const isTest = ++seen[label] % TEST_EVERY === 0;
    (isTest ? test : train[label]).push(i);
  });
  return {train, test};
}

/** Images as tensors: values from 0 to 1, and one-hot labels. */
export function tensors({pixels, labels, classes}: Examples, indices: number[]): {x: Tensor4D; y: Tensor2D} {
  const values = new Float32Array(indices.length * BYTES);
  indices.forEach((index, i) => {
    for (let j = 0; j < BYTES; j++) values[i * BYTES + j] = pixels[index * BYTES + j] / 255;
  });
  return asTensors(
    values,
    indices.map((index) => labels[index]),
    classes,
  );
}

/** A batch for training: classes in turn, images at random, each moved, mirrored and lit at random. */
export function batch({pixels, classes}: Examples, train: number[][], size: number) {
  const values = new Float32Array(size * BYTES);
  const labels = Array.from({length: size}, (_, i) => i % classes);
  labels.forEach((label, i) => {
    const index = train[label][Math.floor(Math.random() * train[label].length)];
    vary(pixels.subarray(index * BYTES, (index + 1) * BYTES), values.subarray(i * BYTES, (i + 1) * BYTES));
  });
  return asTensors(values, labels, classes);
}

/** Writes a variation of an image; the pixels at its edges are repeated. */
function vary(image: Uint8Array, to: Float32Array): void {
  const between = (most: number) => Math.round((Math.random() * 2 - 1) * most);
  const [down, right, isMirrored] = [between(SHIFT), between(SHIFT), Math.random() < 0.5];
  const light = (1 + (Math.random() * 2 - 1) * LIGHT) / 255;
  const inside = (at: number) => Math.min(SIDE - 1, Math.max(0, at));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const column = inside((isMirrored ? SIDE - 1 - x : x) + right);
      const from = (inside(y + down) * SIDE + column) * CHANNELS;
      const at = (y * SIDE + x) * CHANNELS;
      for (let c = 0; c < CHANNELS; c++) to[at + c] = Math.min(1, image[from + c] * light);
    }
  }
}

function asTensors(values: Float32Array, labels: number[], classes: number): {x: Tensor4D; y: Tensor2D} {
  const oneHot = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => {
    oneHot[i * classes + label] = 1;
  });
  return {
    x: tensor4d(values, [labels.length, SIDE, SIDE, CHANNELS]),
    y: tensor2d(oneHot, [labels.length, classes]),
  };
}
