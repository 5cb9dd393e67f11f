import {isMatrix, isPadded, paddedSize, reach, type Sizes, type Window} from './window';

/** How the nonzeros of a kernel are written down: for which loop, and for which places of the inputs. */
export interface Form {
  /**
   * `rows` multiplies one row after the other as they lie, `tiles` 16 pixels at a time, in planes, `channels` each
   * channel by itself, four at a time.
   */
  readonly loop: 'rows' | 'tiles' | 'channels';
  /** The number of neighboring outputs in a block, which share one index. */
  readonly size: number;
  /** How many rows of outputs are made of one packed band. */
  readonly bandHeight: number;
  /** The pixels from a row to the next, in a plane or in a padded image. */
  readonly pitch: number;
  /** The bytes from a plane to the next, of which each channel has one for each step of the window. */
  readonly plane: number;
}

/** The size of a packed band, in bytes: a share of the second cache, as each output reads it. */
const BAND = 128 << 10;

/** The same for a copy with padding, and how many rows of outputs it is worth to have at least. */
const COPY = 256 << 10;
const FEW_LINES = 4;

/** The pixels that are computed at a time. */
export const TILE = 16;

/** Up to how many rows it takes less time to multiply one by one than to pack them. */
const FEW = 2;

/** The forms that suit images of some sizes, one for each size of blocks. */
export function formsFor(window: Window, sizes: Sizes): Form[] {
  if (window.isDepthwise) return [overChannels(window, sizes)];
  const sized = (form: Omit<Form, 'size'>, blocks: number) =>
    [1, blocks].filter((size) => window.filters % size === 0).map((size) => ({...form, size}));
  if (!isMatrix(window)) return sized(overImages(window, sizes), 2);
  const form = {bandHeight: 1, pitch: TILE};
  return sizes.outWidth <= FEW
    ? sized({...form, loop: 'rows', plane: 4}, 4)
    : sized({...form, loop: 'tiles', plane: 4 * TILE}, 2);
}

function overImages(window: Window, {outWidth, outHeight}: Sizes): Omit<Form, 'size'> {
  const {channels, rowStep, columnStep} = window;
  const [lastRow, lastColumn] = reach(window);
  const pitch = outWidth + Math.floor(lastColumn / columnStep);
  const more = Math.floor(lastRow / rowStep);
  const line = 4 * pitch * channels * rowStep * columnStep;
  const bandHeight = Math.max(1, Math.min(outHeight, Math.floor(BAND / line) - more));
  // An odd number of cache lines, so that planes do not lie in the way of each other.
  const lines = Math.ceil(((bandHeight + more) * pitch) / TILE) | 1;
  return {loop: 'tiles', bandHeight, pitch, plane: 4 * TILE * lines};
}

function overChannels(window: Window, sizes: Sizes): Form {
  const [lastRow] = reach(window);
  const pitch = paddedSize(window, sizes)[1];
  const lines = Math.floor(COPY / (4 * pitch * window.channels));
  const rows = Math.max(FEW_LINES, Math.floor((lines - lastRow - 1) / window.rowStep) + 1);
  const bandHeight = isPadded(window, sizes) ? Math.min(sizes.outHeight, rows) : 0;
  return {loop: 'channels', size: 4, bandHeight, pitch, plane: 4};
}

/** How many floats the loops over images need beside their inputs and outputs. */
export function scratchOf({loop, plane, pitch, bandHeight}: Form, window: Window, {depth}: Sizes): number {
  const {channels, rowStep, columnStep} = window;
  if (loop === 'channels')
    return bandHeight === 0 ? 0 : ((bandHeight - 1) * rowStep + reach(window)[0] + 1) * pitch * depth;
  return (plane / 4) * channels * rowStep * columnStep + 32 + (TILE + 1) * depth + 4 + TILE;
}
