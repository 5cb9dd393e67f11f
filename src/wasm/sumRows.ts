import {DepthwiseConv2dNative, Fill, type TensorInfo} from '@tensorflow/tfjs-core';
import {compose, type WasmBackend} from './backend';

/** XNNPACK has fast loops for depthwise filters of exactly 3, 4, 9 and 25 places, and a slow one for others. */
const BLOCK = 25;

/**
 * Sums x, in memory `[places, rows, depth]`, over the rows: first by blocks, as a depthwise convolution with
 * ones, then the sums of these.
 */
export function sumRows(
  backend: WasmBackend,
  x: TensorInfo,
  [places, rows, depth]: [places: number, rows: number, depth: number],
): TensorInfo {
  if (rows <= BLOCK) return addUp(backend, x, [places, rows, depth]);
  return compose(backend, (run, own) => {
    const ones = run(Fill, {}, {shape: [1, BLOCK, depth, 1], value: 1, dtype: 'float32'});
    const blocks = run(
      DepthwiseConv2dNative,
      {x: {...x, shape: [1, places, rows, depth]}, filter: ones},
      {strides: [1, BLOCK], pad: 'same', dataFormat: 'NHWC', dilations: 1},
    );
    return own(addUp(backend, blocks, [places, Math.ceil(rows / BLOCK), depth]));
  });
}

function addUp(
  backend: WasmBackend,
  x: TensorInfo,
  [places, rows, depth]: [places: number, rows: number, depth: number],
): TensorInfo {
  const sums = backend.makeOutput([places, depth], 'float32');
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(sums).fill(0);
  let at = 0;
  for (let place = 0; place < places; place++) {
    for (let row = 0; row < rows; row++) {
      for (let d = 0; d < depth; d++, at++) to[place * depth + d] += from[at];
    }
  }
  return sums;
}
