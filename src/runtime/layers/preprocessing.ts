import {gather} from '../kernels/gather';
import {asPlanes, asRows} from '../kernels/layout';
import {withConstant} from '../kernels/strided';
import {at, float, type Program} from '../machine/Program';
import {channelsOf, pitchOf, pixelsOf, size, type Value} from '../machine/Value';
import type {Kind} from '../model/Layer';
import {Op} from '../Op';
import {channelsLast} from './axes';
import {assertImages, repeatPixels} from './shapes';

const rescaling: Kind = {
  read: ({config}) => {
    const scale = Float32Array.of(config.number('scale'));
    const offset = Float32Array.of(config.number('offset', 0));
    return (program, [x]) =>
      withConstant(program, 'add', withConstant(program, 'multiply', x, scale, [1]), offset, [1]);
  },
};

/** How images are resized, by the rules of tf.image. */
interface Way {
  readonly interpolates: boolean;
  /** Whether the outermost pixels lie on each other. */
  readonly aligns?: boolean;
  /** Whether pixels are at their centers. */
  readonly isHalf?: boolean;
}

/** Images of another height and width. */
export function resize(
  program: Program,
  input: Value,
  sizes: readonly number[],
  {interpolates, aligns = false, isHalf = false}: Way,
): Value {
  assertImages(input);
  const x = asPlanes(program, input);
  const [batch, height, width, channels] = x.shape;
  const [outHeight, outWidth] = sizes;
  const y = program.value([batch, outHeight, outWidth, channels], 'planes');
  const scale = (from: number, to: number) => (aligns && to > 1 ? [from - 1, to - 1] : [from, to]);
  const shift = isHalf ? 0.5 : 0;
  const [rounds, centers] = [!interpolates && aligns, interpolates && isHalf];
  program.emit(
    Op.resize,
    ...[at(x), pitchOf(pixelsOf(x.shape)), at(y), pitchOf(pixelsOf(y.shape)), channels, batch],
    ...[height, width, outHeight, outWidth, ...scale(height, outHeight), ...scale(width, outWidth)],
    ...[+interpolates, float(shift), float(rounds ? 0.5 : centers ? -0.5 : 0)],
  );
  return {...y, isWhole: x.isWhole && !interpolates};
}

const resizing: Kind = {
  read: ({config}) => {
    const sizes = [config.count('height'), config.count('width')];
    const interpolates = config.choice('interpolation', ['bilinear', 'nearest']) === 'bilinear';
    const aligns = !config.flag('crop_to_aspect_ratio', false);
    return (program, [x]) => resize(program, x, sizes, {interpolates, aligns});
  },
};

/** The pixels along an axis that tf.image.cropAndResize takes. */
function cropped(length: number, size: number, offset: number): number[] {
  const [first, last] = [offset / length, (size + offset) / length].map(Math.fround);
  if (size === 1) return [Math.round(0.5 * (first + last) * (length - 1))];
  const step = ((last - first) * (length - 1)) / (size - 1);
  return Array.from({length: size}, (_, i) => Math.round(first * (length - 1) + i * step));
}

/** As tfjs has it: with the pixels of a crop that is resized, and images that are smaller enlarged. */
const centerCrop: Kind = {
  read: ({config}) => {
    const sizes = [config.count('height'), config.count('width')];
    return (program, [x]) => {
      assertImages(x);
      const [batch, height, width, channels] = x.shape;
      const [top, left] = [height, width].map((length, i) => Math.floor((length - sizes[i]) / 2));
      if (top < 0 || left < 0) return resize(program, x, sizes, {interpolates: true});
      const rows = cropped(height, sizes[0], top);
      const columns = cropped(width, sizes[1], left || +(width > sizes[1]));
      return gather(program, x, channels, [batch, ...sizes, channels], config, (i) => {
        const column = i % columns.length;
        const row = (i - column) / columns.length;
        const image = Math.floor(row / rows.length);
        return (image * height + rows[row % rows.length]) * width + columns[column];
      });
    };
  },
};

const upSampling2d: Kind = {
  read: ({config}) => {
    const factors = config.counts('size', 2, 2);
    const interpolates = config.choice('interpolation', ['nearest', 'bilinear']) === 'bilinear';
    return channelsLast(config, (program, x) => {
      assertImages(x);
      if (!interpolates) return repeatPixels(program, x, factors);
      return resize(program, x, [x.shape[1] * factors[0], x.shape[2] * factors[1]], {interpolates});
    });
  },
};

const categoryEncoding: Kind = {
  read: ({config}) => {
    const count = config.count('num_tokens');
    const mode = config.choice('output_mode', ['multihot', 'onehot', 'count']);
    return (program, [input]) => {
      const x = asRows(program, input);
      const isSingle = mode === 'onehot' && channelsOf(x.shape) !== 1;
      const outer = isSingle ? x.shape : x.shape.slice(0, -1);
      if (outer.length > 1) throw new Error(`its input has the shape [${x.shape}], which has too many axes`);
      const y = program.value([...outer, count]);
      const rows = size(outer);
      program.emit(Op.encode, at(x), size(x.shape) / rows, rows, count, at(y), +(mode === 'count'));
      return y;
    };
  },
};

export const preprocessing: Record<string, Kind> = {
  Rescaling: rescaling,
  Resizing: resizing,
  UpSampling2D: upSampling2d,
  CategoryEncoding: categoryEncoding,
  CenterCrop: centerCrop,
};
