import {PLANE} from './tiles';

// The positions of the remaining weights of a kernel [height, width, channels, outputs], a matrix of `outputs` columns: where
// each row begins in the list of columns, and where the last one ends; then the columns.

/**
 * Lists the weights by output, for a product with an input.
 *
 * @param canvasWidth The columns of the canvas that holds the input.
 * @param counts Where the list of each output begins.
 * @param cursors Scratch for as many numbers.
 * @param list Gets pairs of the offset in the canvas and the weight.
 */
export function listOutputs(
  rows: usize, columns: usize, counts: usize, weights: usize,
  height: i32, width: i32, channels: i32, outputs: i32, canvasWidth: i32, cursors: usize, list: usize,
): void {
  memory.copy(cursors, counts, <usize>outputs << 2);
  let at = columns;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let offset = <usize>((i * canvasWidth + j) * channels) * PLANE;
      for (let c = 0; c < channels; c++, offset += PLANE, weights += <usize>outputs << 2) {
        rows += 4;
        for (const end = columns + (<usize>load<u32>(rows) << 2); at < end; at += 4) {
          const column = <usize>load<u32>(at) << 2;
          const place = load<u32>(cursors + column);
          store<u32>(cursors + column, place + 1);
          store<u32>(list + (<usize>place << 3), <u32>offset);
          store<f32>(list + (<usize>place << 3), load<f32>(weights + column), 4);
        }
      }
    }
  }
}

/**
 * Lists the weights by input channel, turned by 180°, for a product with the gradient of the output.
 *
 * @param canvasWidth The columns of the canvas that holds this gradient.
 * @param counts Gets where the list of each channel begins, and where the last one ends.
 */
export function listInputs(
  rows: usize, columns: usize, weights: usize,
  height: i32, width: i32, channels: i32, outputs: i32, canvasWidth: i32, counts: usize, list: usize,
): void {
  const start = list;
  for (let c = 0; c < channels; c++, counts += 4) {
    store<u32>(counts, <u32>((list - start) >> 3));
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const k = <usize>((i * width + j) * channels + c);
        const row = weights + k * (<usize>outputs << 2);
        const offset = <u32>(((height - 1 - i) * canvasWidth + width - 1 - j) * outputs);
        const end = columns + (<usize>load<u32>(rows + (k << 2), 4) << 2);
        for (let at = columns + (<usize>load<u32>(rows + (k << 2)) << 2); at < end; at += 4, list += 8) {
          const column = load<u32>(at);
          store<u32>(list, (offset + column) * <u32>PLANE);
          store<f32>(list, load<f32>(row + (<usize>column << 2)), 4);
        }
      }
    }
  }
  store<u32>(counts, <u32>((list - start) >> 3));
}
