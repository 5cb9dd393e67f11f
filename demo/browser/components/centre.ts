import {SIDE, SIZE} from '../shards';

/** The longer side of a digit of MNIST, in pixels. */
const BOX = 20;
/** Samples along the side of a pixel. */
const SAMPLES = 6;

/**
 * Normalizes a drawing like MNIST: its longer side scaled to 20 pixels, smoothed, with its centre of mass in the middle of
 * 28×28.
 *
 * @param ink The ink of each pixel, 0 or more, row by row.
 * @returns Grey values from 0 to 1; undefined where there is no ink.
 */
export function centre(ink: ArrayLike<number>, width: number): Float32Array | undefined {
  const height = ink.length / width;
  let [left, right, top, bottom] = [width, -1, height, -1];
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = ink[y * width + x];
      if (value > 0) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
        mass += value;
        massX += value * (x + 0.5);
        massY += value * (y + 0.5);
      }
    }
  }
  if (mass === 0) {
    return undefined;
  }
  const step = Math.max(right - left + 1, bottom - top + 1) / BOX;
  const at = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height ? ink[Math.floor(y) * width + Math.floor(x)] : 0;
  const grey = new Float32Array(SIZE);
  for (let i = 0; i < SIZE; i++) {
    const x = massX / mass + ((i % SIDE) - SIDE / 2) * step;
    const y = massY / mass + (Math.floor(i / SIDE) - SIDE / 2) * step;
    let sum = 0;
    for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
      const [row, column] = [Math.floor(sample / SAMPLES), sample % SAMPLES];
      sum += at(x + ((column + 0.5) / SAMPLES) * step, y + ((row + 0.5) / SAMPLES) * step);
    }
    grey[i] = sum;
  }
  const most = Math.max(...grey);
  return grey.map((value) => value / most);
}
