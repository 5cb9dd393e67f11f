import {asPlanes, asRows} from '../kernels/layout';
import {outOf} from '../kernels/window';
import {at, type Program} from '../machine/Program';
import {channelsOf, pitchOf, pixelsOf, size, stridesOf, type Value} from '../machine/Value';
import type {Kind, Run} from '../model/Layer';
import {Op} from '../Op';
import {channelsLast, isChannelsFirst} from './axes';
import {asVolumes, fromVolumes, type Moves, windowOn} from './convolutions';

const pooling = (rank: number, averages: boolean): Kind => ({
  read: ({config}) => {
    const windows = config.counts('pool_size', rank, 2);
    const moves = {
      windows,
      strides: config.counts('strides', rank, windows),
      dilations: windows.map(() => 1),
      padding: config.choice('padding', ['valid', 'same']),
    };
    return channelsLast(config, (program, x) => pool(program, x, moves, averages));
  },
});

function pool(program: Program, input: Value, moves: Moves, averages: boolean): Value {
  const rank = moves.windows.length;
  const x = asPlanes(program, asVolumes(program, input, rank));
  const window = windowOn(x, moves);
  const [batch, ...sizes] = x.shape.slice(0, -1);
  const y = program.value([batch, ...outOf(window), channelsOf(x.shape)], 'planes');
  const [windows, steps, befores] = (['window', 'step', 'before'] as const).map((key) =>
    window.map((axis) => axis[key]),
  );
  program.emit(
    Op.pool,
    ...[at(x), pitchOf(pixelsOf(x.shape)), at(y), pitchOf(pixelsOf(y.shape)), channelsOf(x.shape), batch],
    ...[...sizes, ...outOf(window), ...windows, ...steps, ...befores, +averages],
    program.scratch(4 * sizes[2] + 16),
  );
  return fromVolumes(program, y, rank);
}

const KINDS = ['sum', 'mean', 'max'] as const;

/** Reduces all axes of images to one number for each channel. */
const globalPooling = (rank: number, kind: (typeof KINDS)[number]): Kind => ({
  read: ({config}): Run => {
    const isFirst = rank > 1 && isChannelsFirst(config);
    return (program, [input]) => {
      if (input.shape.length !== rank + 2)
        throw new Error(`its input has the shape [${input.shape}], not ${rank + 2} axes`);
      const x = isFirst ? asRows(program, input) : input;
      const [first, last] = isFirst ? [2, rank + 1] : [1, rank];
      const channel = isFirst ? 1 : rank + 1;
      const [batch, channels] = [x.shape[0], x.shape[channel]];
      const strides = stridesOf(x);
      const y = program.value([batch, channels]);
      const lengths = [channels, batch, size(x.shape.slice(first, last + 1))];
      const from = [strides[channel], strides[0], strides[last]];
      program.emit(Op.reduce, at(x), at(y), ...lengths, ...from, 4, 4 * channels, KINDS.indexOf(kind));
      return y;
    };
  },
});

export const poolings: Record<string, Kind> = {
  MaxPooling1D: pooling(1, false),
  MaxPooling2D: pooling(2, false),
  MaxPooling3D: pooling(3, false),
  AveragePooling1D: pooling(1, true),
  AveragePooling2D: pooling(2, true),
  AveragePooling3D: pooling(3, true),
  GlobalMaxPooling1D: globalPooling(1, 'max'),
  GlobalMaxPooling2D: globalPooling(2, 'max'),
  GlobalAveragePooling1D: globalPooling(1, 'mean'),
  GlobalAveragePooling2D: globalPooling(2, 'mean'),
};
