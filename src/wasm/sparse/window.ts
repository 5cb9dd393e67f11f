/**
 * A kernel [rows, columns, channels, filters] and how it moves over images; a product of matrices is one of 1 × 1. In a
 * depthwise one each channel has one filter of its own.
 */
export interface Window {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly filters: number;
  readonly rowStep: number;
  readonly columnStep: number;
  readonly rowDilation: number;
  readonly columnDilation: number;
  readonly padding: 'same' | 'valid';
  readonly isDepthwise: boolean;
}

/** Images [count, height, width, channels] under a window, and the outputs [count, outHeight, outWidth, depth]. */
export interface Sizes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly depth: number;
}

/** How many rows and columns lie from the first to the last element of a window. */
export function reach({rows, columns, rowDilation, columnDilation}: Window): [rows: number, columns: number] {
  return [(rows - 1) * rowDilation, (columns - 1) * columnDilation];
}

/** Whether each output is made of the channels of one pixel, so that images are lists of pixels. */
export function isMatrix(window: Window): boolean {
  const {rows, columns, rowStep, columnStep, isDepthwise} = window;
  return rows * columns * rowStep * columnStep === 1 && !isDepthwise;
}

/** A product of matrices [pixels, channels] and [channels, filters] as a window. */
export function matrixWindow(channels: number, filters: number): Window {
  const steps = {rowStep: 1, columnStep: 1, rowDilation: 1, columnDilation: 1};
  return {rows: 1, columns: 1, channels, filters, ...steps, padding: 'valid', isDepthwise: false};
}

/**
 * A window as large as its images as a product of matrices, as which it takes the same weights in the same order, and a
 * sixth of the time.
 */
export function asMatrix(
  window: Window,
  shape: readonly number[],
): {window: Window; shape: readonly number[]} {
  const {rows, columns, channels, filters, rowDilation, columnDilation, padding, isDepthwise} = window;
  const isWhole = rows === shape[1] && columns === shape[2] && rows * columns > 1;
  const isDense = rowDilation * columnDilation === 1 && !isDepthwise;
  if (shape.length !== 4 || !isWhole || !isDense || padding !== 'valid') return {window, shape};
  const inputs = rows * columns * channels;
  return {window: matrixWindow(inputs, filters), shape: [shape[0], inputs]};
}

/** Whether two windows, or two forms, have the same fields. */
export function isSame<Fields extends object>(a: Fields, b: Fields): boolean {
  for (const field in a) if (a[field] !== b[field]) return false;
  return true;
}

/** The channels that are put out. */
export function outputsOf({channels, filters, isDepthwise}: Window): number {
  return isDepthwise ? channels : filters;
}

/** The outputs of a window for inputs of a shape whose last dimension is the channels. */
export function sizesOf(window: Window, shape: readonly number[]): Sizes {
  const {rowStep, columnStep, padding} = window;
  const depth = outputsOf(window);
  if (isMatrix(window)) {
    const pixels = shape.slice(0, -1).reduce((product, dim) => product * dim, 1);
    return {count: 1, height: 1, width: pixels, padTop: 0, padLeft: 0, outHeight: 1, outWidth: pixels, depth};
  }
  const [count, height, width] = shape;
  const [lastRow, lastColumn] = reach(window);
  const along = (size: number, last: number, step: number) => {
    const out = Math.ceil(padding === 'same' ? size / step : (size - last) / step);
    const missing = padding === 'same' ? Math.max(0, (out - 1) * step + last + 1 - size) : 0;
    return {out, pad: Math.floor(missing / 2)};
  };
  const [down, across] = [along(height, lastRow, rowStep), along(width, lastColumn, columnStep)];
  return {
    count,
    height,
    width,
    padTop: down.pad,
    padLeft: across.pad,
    outHeight: down.out,
    outWidth: across.out,
    depth,
  };
}

/** The shape of the outputs, with all dimensions that the inputs have. */
export function outputShape(window: Window, shape: readonly number[], sizes: Sizes): number[] {
  const {count, outHeight, outWidth, depth} = sizes;
  return isMatrix(window) ? [...shape.slice(0, -1), depth] : [count, outHeight, outWidth, depth];
}

/** The height and width of an image with all that the window covers, or more where it leaves some out. */
export function paddedSize(window: Window, sizes: Sizes): [height: number, width: number] {
  const {height, width, padTop, padLeft, outHeight, outWidth} = sizes;
  const [lastRow, lastColumn] = reach(window);
  return [
    Math.max(padTop + height, (outHeight - 1) * window.rowStep + lastRow + 1),
    Math.max(padLeft + width, (outWidth - 1) * window.columnStep + lastColumn + 1),
  ];
}

/** Whether a window covers more than there is. */
export function isPadded(window: Window, sizes: Sizes): boolean {
  const [tall, wide] = paddedSize(window, sizes);
  return tall > sizes.height || wide > sizes.width;
}
