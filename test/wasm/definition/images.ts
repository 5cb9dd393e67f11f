import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {between} from '../arbitraries';
import {type Case, dims, format, isFirst, shaped} from './cases';
import {at, channelsLast, type Nd, nd} from './nd';

const {layers} = tf;

/** The bilinear interpolation of four pixels at a fractional row and column. */
function between4(x: Nd, b: number, r: number, s: number, c: number): number {
  const [top, left] = [Math.floor(r), Math.floor(s)];
  const value = (row: number, column: number) =>
    at(x, [b, Math.min(row, x.shape[1] - 1), Math.min(column, x.shape[2] - 1), c]);
  const across = (row: number) => value(row, left) + (value(row, left + 1) - value(row, left)) * (s - left);
  return across(top) + (across(top + 1) - across(top)) * (r - top);
}

export function upSampling2d(interpolation: 'nearest' | 'bilinear'): fc.Arbitrary<Case> {
  return fc
    .record({batch: between(1, 3), lengths: dims(2, 4), channels: between(1, 3), size: dims(2, 3), isFirst})
    .map(({batch, lengths, channels, size: [tall, wide], isFirst}) => {
      const config = {
        size: [tall, wide] as [number, number],
        dataFormat: format(isFirst) as 'channelsLast',
        interpolation,
      };
      const isNearest = interpolation === 'nearest';
      return {
        config,
        inputs: [shaped(batch, lengths, channels, isFirst)],
        layer: () => layers.upSampling2d(config),
        define: ([x]) =>
          channelsLast(x, isFirst, (x) =>
            nd([batch, lengths[0] * tall, lengths[1] * wide, channels], ([b, r, s, c]) =>
              isNearest
                ? at(x, [b, Math.floor(r / tall), Math.floor(s / wide), c])
                : between4(x, b, r / tall, s / wide, c),
            ),
          ),
      };
    });
}

export const resizing = fc
  .record({
    batch: between(1, 3),
    lengths: dims(2, 5),
    channels: between(1, 3),
    to: dims(2, 7),
    isNearest: fc.boolean(),
    cropToAspectRatio: fc.boolean(),
  })
  .map(({batch, lengths, channels, to, isNearest, cropToAspectRatio}): Case => {
    const interpolation = isNearest ? ('nearest' as const) : ('bilinear' as const);
    const config = {height: to[0], width: to[1], interpolation, cropToAspectRatio};
    const scales = to.map((size, i) =>
      !cropToAspectRatio && size > 1 ? (lengths[i] - 1) / (size - 1) : lengths[i] / size,
    );
    // Adds a little, because 0.9999… should count as 1.
    const nearest = (place: number, length: number) =>
      Math.min(length - 1, cropToAspectRatio ? Math.floor(place + 1e-6) : Math.round(place + 1e-6));
    return {
      config,
      inputs: [[batch, ...lengths, channels]],
      layer: () => layers.resizing(config),
      define: ([x]) =>
        nd([batch, ...to, channels], ([b, r, s, c]) => {
          const [row, column] = [r * scales[0], s * scales[1]];
          if (!isNearest) return between4(x, b, row, column, c);
          return at(x, [b, nearest(row, lengths[0]), nearest(column, lengths[1]), c]);
        }),
    };
  });

const sides = fc.array(fc.nat(2), {minLength: 4, maxLength: 4});

export const zeroPadding2d = fc
  .record({batch: between(1, 3), lengths: dims(2, 4), channels: between(1, 3), sides, isFirst})
  .map(({batch, lengths: [height, width], channels, sides: [top, bottom, left, right], isFirst}): Case => {
    const config = {
      padding: [
        [top, bottom],
        [left, right],
      ] as [[number, number], [number, number]],
      dataFormat: format(isFirst) as 'channelsLast',
    };
    return {
      config,
      inputs: [shaped(batch, [height, width], channels, isFirst)],
      layer: () => layers.zeroPadding2d(config),
      define: ([x]) =>
        channelsLast(x, isFirst, (x) =>
          nd([batch, top + height + bottom, left + width + right, channels], ([b, r, s, c]) => {
            const [row, column] = [r - top, s - left];
            return row < 0 || row >= height || column < 0 || column >= width ? 0 : at(x, [b, row, column, c]);
          }),
        ),
    };
  });

export const cropping2d = fc
  .record({batch: between(1, 3), lengths: dims(2, 3), channels: between(1, 3), sides, isFirst})
  .map(({batch, lengths: [height, width], channels, sides: [top, bottom, left, right], isFirst}): Case => {
    const config = {
      cropping: [
        [top, bottom],
        [left, right],
      ] as [[number, number], [number, number]],
      dataFormat: format(isFirst) as 'channelsLast',
    };
    return {
      config,
      inputs: [shaped(batch, [top + height + bottom, left + width + right], channels, isFirst)],
      layer: () => layers.cropping2D(config),
      define: ([x]) =>
        channelsLast(x, isFirst, (x) =>
          nd([batch, height, width, channels], ([b, r, s, c]) => at(x, [b, r + top, s + left, c])),
        ),
    };
  });
