import {at, type Program} from '../machine/Program';
import {channelsOf, pitchOf, pixelsOf, size, type Value} from '../machine/Value';
import {Op} from '../Op';
import {asPlanes, reshape} from './layout';
import {writeList} from './list';
import {blockSizeFor, clampOf, type Factor, product} from './product';
import {type Axis, outOf, type Window} from './window';

/** The size of a copied band, in bytes: a share of the second cache, as each output reads it. */
const BAND = 128 << 10;

/**
 * A convolution of images or volumes [batch, slices, height, width, channels]. The matrix has a row for each place of the window and
 * each channel; where convolutions are depthwise, for each place, and `multiplier` outputs of each channel.
 */
export function convolve(
  program: Program,
  x: Value,
  window: Window,
  factor: Factor,
  multiplier?: number,
): Value {
  const [batch, ...sizes] = x.shape.slice(0, -1);
  const outSizes = outOf(window);
  const shape = [batch, ...outSizes, factor.outputs];
  if (multiplier === undefined) {
    // A window that is a pixel, or all of them, is a product of matrices.
    if (window.every(isPixel)) return product(program, x, factor);
    if (window.every(isWhole)) {
      const inputs = size(sizes) * channelsOf(x.shape);
      return {...product(program, reshape(program, x, [batch, inputs]), factor), shape};
    }
  }
  const from = asPlanes(program, x);
  const y = program.value(shape, 'planes');
  // The channels that an output needs.
  const channels = multiplier === undefined ? channelsOf(x.shape) : 1;
  const form = formFor(window, pitchOf(pixelsOf(x.shape)), channels);
  const blockSize = multiplier === undefined ? blockSizeFor(program, factor) : 1;
  const list = program.constants.once(factor, Object.values(form).join(), () =>
    writeList(program.constants, factor, blockSize, placesOf(window, form, channels)),
  );
  const [slice, row, column] = window;
  program.emit(
    Op.convolve,
    at(from),
    ...[pitchOf(pixelsOf(x.shape)), batch, ...sizes, channelsOf(x.shape)],
    ...[
      slice.window,
      slice.step,
      slice.before,
      slice.dilation,
      row.step,
      column.step,
      row.before,
      column.before,
    ],
    ...[reachOf(row), reachOf(column), form.taken],
    ...[list.address, list.groups, blockSize, program.constants.address(factor.bias), ...clampOf(factor)],
    at(y),
    ...[pitchOf(pixelsOf(shape)), ...outSizes, form.bandHeight, form.plane],
    form.scratch > 0 ? program.scratch(form.scratch) : 0,
    multiplier ?? 0,
  );
  return y;
}

const isPixel = ({window, step, before, out, size: length}: Axis) =>
  window === 1 && step === 1 && before === 0 && out === length;

const isWhole = ({window, dilation, before, out, size: length}: Axis) =>
  window === length && dilation === 1 && before === 0 && out === 1;

/** The distance of the last element of a window from its first. */
const reachOf = ({window, dilation}: Axis) => (window - 1) * dilation;

/** Where the pixels that a list is for lie. */
interface Form {
  /** The pixels from a row to the next. */
  readonly pitch: number;
  /** The bytes from a plane, a channel and a slice to the next. */
  readonly plane: number;
  readonly channel: number;
  readonly slice: number;
  readonly bandHeight: number;
  /** The bytes for the copy of a band; 0 where x is read where it lies. */
  readonly scratch: number;
  /** A bit for each pair of steps that an element of the window needs. */
  readonly taken: number;
}

function formFor([slice, row, column]: Window, pitch: number, channels: number): Form {
  const isPadded = [slice, row, column].some(({before, after}) => before > 0 || after > 0);
  const steps = row.step * column.step;
  if (!isPadded && steps === 1 && slice.window === 1 && slice.step === 1) {
    return {
      pitch: column.size,
      plane: 0,
      channel: pitch,
      slice: 0,
      bandHeight: row.out,
      scratch: 0,
      taken: 1,
    };
  }
  const wide = column.out + Math.floor(reachOf(column) / column.step);
  const more = Math.floor(reachOf(row) / row.step);
  const planes = slice.window * channels * steps;
  const bandHeight = Math.max(1, Math.min(row.out, Math.floor(BAND / (4 * wide * planes)) - more));
  const plane = pitchOf((bandHeight + more) * wide);
  const channel = plane * steps;
  return {
    pitch: wide,
    plane,
    channel,
    slice: channel * channels,
    bandHeight,
    scratch: plane * planes + 64,
    taken: takenBy(row, column),
  };
}

function takenBy(row: Axis, column: Axis): number {
  // With more steps than bits nothing is left out.
  if (row.step * column.step > 32) return 0xffffffff;
  let taken = 0;
  for (let i = 0; i < row.window; i++) {
    for (let j = 0; j < column.window; j++) taken |= 1 << stepOf(row, column, i, j);
  }
  return taken >>> 0;
}

const stepOf = (row: Axis, column: Axis, i: number, j: number) =>
  ((i * row.dilation) % row.step) * column.step + ((j * column.dilation) % column.step);

/** The places of the inputs of each row of the matrix, from the first element of the window, in bytes. */
function placesOf([slice, row, column]: Window, form: Form, channels: number): Int32Array {
  const places = new Int32Array(slice.window * row.window * column.window * channels);
  let place = 0;
  for (let q = 0; q < slice.window; q++) {
    for (let i = 0; i < row.window; i++) {
      for (let j = 0; j < column.window; j++) {
        const down = Math.floor((i * row.dilation) / row.step);
        const across = Math.floor((j * column.dilation) / column.step);
        const pixel =
          4 * (down * form.pitch + across) + q * form.slice + form.plane * stepOf(row, column, i, j);
        for (let channel = 0; channel < channels; channel++) places[place++] = pixel + channel * form.channel;
      }
    }
  }
  return places;
}
