import {layers} from '@tensorflow/tfjs-layers';
import {align, asSymbols} from '../align';
import {integer, word} from '../attributes';
import {padOp, tileOp} from '../layers/moves';
import type {Convert, Scope} from '../scope';
import {Unsupported} from '../unsupported';
import {isConstant, shapeOf, storedAxis, type Value} from '../value';

/** Joins values along an axis in the graph. */
function joined(scope: Scope, given: readonly Value[], axis: number): Value {
  const isBatch = axis === 0 || given.some((value) => !isConstant(value) && !value.hasBatch);
  const aligned = align(scope, isBatch ? given.map((value) => scope.unbatched(value)) : given);
  const values = asSymbols(scope, aligned.values);
  if (values.length === 1) return values[0];
  const along = storedAxis({...values[0], order: aligned.order, hasBatch: aligned.hasBatch}, axis);
  const tensor = scope.apply(layers.concatenate, {axis: along}, values);
  return {tensor, hasBatch: aligned.hasBatch, order: aligned.order};
}

const concat: Convert = async (node, scope) => {
  const values = scope.values(node).slice(0, -1);
  const [axis] = await scope.numbers(node, -1);
  return joined(scope, values, axis < 0 ? axis + shapeOf(values[0]).length : axis);
};

const pack: Convert = (node, scope) => {
  const values = scope.values(node);
  const rank = shapeOf(values[0]).length;
  const given = integer(node, 'axis');
  const axis = given < 0 ? given + rank + 1 : given;
  const expanded = values.map((value) => {
    const shape = shapeOf(value);
    return scope.reshape(value, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
  });
  return joined(scope, expanded, axis);
};

/** The value, without its batch dimension if the pairs or counts for each axis change it. */
const alongBatch = (scope: Scope, value: Value, isChanged: boolean): Value =>
  isChanged ? scope.unbatched(value) : value;

const pad: Convert = async (node, scope) => {
  const flat = await scope.numbers(node, 1);
  const [fill] = node.op === 'PadV2' ? await scope.numbers(node, 2) : [0];
  const mode = node.op === 'MirrorPad' ? modeOf(word(node, 'mode')) : ('constant' as const);
  const pairs = Array.from(
    {length: flat.length / 2},
    (_, i) => [flat[2 * i], flat[2 * i + 1]] as [number, number],
  );
  const value = alongBatch(
    scope,
    scope.value(node, 0),
    pairs[0]?.some((count) => count > 0),
  );
  const paddings = value.tensor.shape.map(() => [0, 0] as [number, number]);
  pairs.forEach((pair, axis) => {
    if (storedAxis(value, axis) > 0) paddings[storedAxis(value, axis)] = pair;
  });
  const [, rows, columns, channels] = paddings;
  const isImage = paddings.length === 4 && channels.every((count) => count === 0);
  if (isImage && mode === 'constant' && fill === 0) {
    const padding: [[number, number], [number, number]] = [rows, columns];
    return scope.inPlace(layers.zeroPadding2d, {padding}, value);
  }
  return scope.inPlace(padOp, {paddings, mode, value: fill}, value);
};

function modeOf(mode: string | undefined): 'reflect' | 'symmetric' {
  const name = mode?.toLowerCase();
  if (name !== 'reflect' && name !== 'symmetric') throw new Unsupported(`its mode is ${mode}`);
  return name;
}

/** @param counts How often to repeat, for each axis in the graph. */
function tiled(scope: Scope, given: Value, counts: readonly number[]): Value {
  if (counts.every((count) => count === 1)) return given;
  const value = alongBatch(scope, given, counts[0] !== 1);
  const reps = value.tensor.shape.map(() => 1);
  counts.forEach((count, axis) => {
    if (storedAxis(value, axis) > 0) reps[storedAxis(value, axis)] = count;
  });
  return scope.inPlace(tileOp, {reps}, value);
}

const tile: Convert = async (node, scope) => tiled(scope, scope.value(node, 0), await scope.numbers(node, 1));

const broadcastTo: Convert = async (node, scope) => {
  const value = scope.value(node, 0);
  const target = await scope.numbers(node, 1);
  const shape = [...Array(target.length - shapeOf(value).length).fill(1), ...shapeOf(value)];
  const counts = target.map((size, i) => (shape[i] === size ? 1 : size));
  return tiled(scope, scope.reshape(value, shape), counts);
};

const fill: Convert = async (node, scope) => {
  const value = scope.value(node, 1);
  const dims = await scope.numbers(node, 0);
  return tiled(scope, scope.reshape(value, Array(dims.length).fill(1)), dims);
};

export const joins: Readonly<Record<string, Convert>> = {
  ...{ConcatV2: concat, Pack: pack, Pad: pad, PadV2: pad, MirrorPad: pad},
  ...{Tile: tile, BroadcastTo: broadcastTo, Fill: fill},
};
