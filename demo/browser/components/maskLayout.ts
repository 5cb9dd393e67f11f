import {size} from '../../../src/model/axes';
import {SIDE, SIZE} from '../shards';

/** The positions of a weight's elements in its picture: tiles of cells, one cell apart. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The cell index of each element, row by row over the whole picture. */
  readonly cells: Int32Array;
  /** The element in each cell; −1 between tiles. */
  readonly elements: Int32Array;
  /** A description of the picture. */
  readonly caption: string;
}

/** Draws units of pixels in rows of so many. */
const UNITS_A_ROW = 25;

/**
 * A convolution is drawn as filters: one tile per input (down) and output (across). A dense layer on pixels has one tile of
 * pixels per unit; other dense layers have inputs across and units down.
 */
export function layoutOf(shape: readonly number[]): Layout {
  if (shape.length === 4) {
    const [height, width, inputs, outputs] = shape;
    return arrange(
      shape,
      [height, width],
      [inputs, outputs],
      (i) => {
        const output = i % outputs;
        const input = Math.floor(i / outputs) % inputs;
        const place = Math.floor(i / (outputs * inputs));
        return {row: input, column: output, y: Math.floor(place / width), x: place % width};
      },
      `${outputs} filters of ${height}×${width} across, ${inputs} ${inputs === 1 ? 'input' : 'inputs'} down`,
    );
  }
  const [inputs, units] = shape;
  if (inputs === SIZE) {
    return arrange(
      shape,
      [SIDE, SIDE],
      [Math.ceil(units / UNITS_A_ROW), Math.min(units, UNITS_A_ROW)],
      (i) => {
        const [pixel, unit] = [Math.floor(i / units), i % units];
        return {
          row: Math.floor(unit / UNITS_A_ROW),
          column: unit % UNITS_A_ROW,
          y: Math.floor(pixel / SIDE),
          x: pixel % SIDE,
        };
      },
      `the ${SIDE}×${SIDE} input pixels of each of ${units} units`,
    );
  }
  return arrange(
    shape,
    [units, inputs],
    [1, 1],
    (i) => ({row: 0, column: 0, y: i % units, x: Math.floor(i / units)}),
    `${inputs} inputs across, ${units} units down`,
  );
}

interface Place {
  row: number;
  column: number;
  y: number;
  x: number;
}

function arrange(
  shape: readonly number[],
  [tileHeight, tileWidth]: readonly [number, number],
  [rows, columns]: readonly [number, number],
  placeOf: (element: number) => Place,
  caption: string,
): Layout {
  const width = columns * (tileWidth + 1) - 1;
  const height = rows * (tileHeight + 1) - 1;
  const cells = new Int32Array(size(shape));
  const elements = new Int32Array(width * height).fill(-1);
  for (let i = 0; i < cells.length; i++) {
    const {row, column, y, x} = placeOf(i);
    cells[i] = (row * (tileHeight + 1) + y) * width + column * (tileWidth + 1) + x;
    elements[cells[i]] = i;
  }
  return {width, height, cells, elements, caption};
}

/** The indices of an element along each axis of its weight. */
export function indicesOf(shape: readonly number[], element: number): number[] {
  let rest = element;
  return [...shape]
    .reverse()
    .map((dim) => {
      const index = rest % dim;
      rest = Math.floor(rest / dim);
      return index;
    })
    .reverse();
}

/** The share of units that still use each pixel. */
export function pixelsRead(mask: Uint8Array, units: number): Float32Array {
  return Float32Array.from({length: mask.length / units}, (_, pixel) => {
    let read = 0;
    for (let unit = 0; unit < units; unit++) {
      read += mask[pixel * units + unit];
    }
    return read / units;
  });
}
