import {asPlanes, asRows} from '../kernels/layout';
import {withConstant} from '../kernels/strided';
import {at, type Program} from '../machine/Program';
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

/** Images of another height and width, by the rules of tf.image. */
function resize(
  program: Program,
  input: Value,
  sizes: readonly number[],
  interpolates: boolean,
  aligns: boolean,
): Value {
  assertImages(input);
  const x = asPlanes(program, input);
  const [batch, height, width, channels] = x.shape;
  const [outHeight, outWidth] = sizes;
  const y = program.value([batch, outHeight, outWidth, channels], 'planes');
  const scale = (from: number, to: number) => (aligns && to > 1 ? [from - 1, to - 1] : [from, to]);
  program.emit(
    Op.resize,
    ...[at(x), pitchOf(pixelsOf(x.shape)), at(y), pitchOf(pixelsOf(y.shape)), channels, batch],
    ...[height, width, outHeight, outWidth, ...scale(height, outHeight), ...scale(width, outWidth)],
    ...[+interpolates, +(aligns && !interpolates)],
  );
  return y;
}

const resizing: Kind = {
  read: ({config}) => {
    const sizes = [config.count('height'), config.count('width')];
    const interpolates = config.choice('interpolation', ['bilinear', 'nearest']) === 'bilinear';
    const aligns = !config.flag('crop_to_aspect_ratio', false);
    return (program, [x]) => resize(program, x, sizes, interpolates, aligns);
  },
};

const upSampling2d: Kind = {
  read: ({config}) => {
    const factors = config.counts('size', 2, 2);
    const interpolates = config.choice('interpolation', ['nearest', 'bilinear']) === 'bilinear';
    return channelsLast(config, (program, x) => {
      assertImages(x);
      if (!interpolates) return repeatPixels(program, x, factors);
      return resize(program, x, [x.shape[1] * factors[0], x.shape[2] * factors[1]], true, false);
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
};
