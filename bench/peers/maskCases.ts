import {block, channel, global, nOfM, norm, type Recipe} from 'tfjs-pruning';
import type {PeerName} from './peer';

/** A mask that this library and another compute for the same weights. */
export interface MaskCase {
  readonly name: string;
  readonly peer: PeerName;
  /** The shapes of the kernels, in the layout of tfjs. */
  readonly shapes: readonly number[][];
  readonly recipe: Recipe;
  /** One target after the other. */
  readonly targets: readonly number[];
  /** How the peer gets there, besides the weights. */
  readonly ask: object;
  /** The number of different magnitudes; without it all differ. */
  readonly levels?: number;
  /** Why the masks differ, where they do. */
  readonly differs?: string;
}

const rows = [25, 40];
const channels = {pattern: channel()};
const blocks = (pool: 'mean' | 'max') => ({pattern: block(4, 5, {pool})});
const asBlocks = (type: string) => ({options: {block_size: [4, 5], block_pooling_type: type}});

export const maskCases: readonly MaskCase[] = [
  ...[0.5, 0.9, 0.98].flatMap((target): MaskCase[] => [
    {
      name: `magnitude, ${100 * target} %`,
      peer: 'torch',
      shapes: [rows],
      recipe: {},
      targets: [target],
      ask: {how: 'element', amounts: [target]},
    },
    {
      name: `magnitude, ${100 * target} %`,
      peer: 'tfmot',
      shapes: [rows],
      recipe: {},
      targets: [target],
      ask: {sparsity: target, options: {}},
    },
    {
      name: `global magnitude, ${100 * target} %`,
      peer: 'torch',
      shapes: [
        [20, 20],
        [20, 20],
        [20, 10],
      ],
      recipe: {allocation: global()},
      targets: [target],
      ask: {how: 'global', amounts: [target]},
    },
    {
      name: `blocks by mean, ${100 * target} %`,
      peer: 'tfmot',
      shapes: [[20, 50]],
      recipe: blocks('mean'),
      targets: [target],
      ask: {sparsity: target, ...asBlocks('AVG')},
    },
  ]),
  {
    name: 'magnitude, 50 %, then 90 %',
    peer: 'torch',
    shapes: [rows],
    recipe: {},
    targets: [0.5, 0.9],
    ask: {how: 'element', amounts: [500, 400]},
  },
  ...([1, 2] as const).flatMap((p): MaskCase[] =>
    [rows, [5, 5, 4, 10]].map((shape) => ({
      name: `channels by the L${p} norm, 50 %, of shape ${shape.join(' × ')}`,
      peer: 'torch',
      shapes: [shape],
      recipe: {...channels, importance: norm({p})},
      targets: [0.5],
      ask: {how: 'channel', amounts: [0.5], p},
    })),
  ),
  {
    name: 'blocks by maximum, 50 %',
    peer: 'tfmot',
    shapes: [[20, 50]],
    recipe: blocks('max'),
    targets: [0.5],
    ask: {sparsity: 0.5, ...asBlocks('MAX')},
  },
  ...[rows, [5, 5, 4, 10]].map(
    (shape): MaskCase => ({
      name: `2 of 4, of shape ${shape.join(' × ')}`,
      peer: 'tfmot',
      shapes: [shape],
      recipe: {pattern: nOfM({n: 2, m: 4})},
      targets: [0.5],
      ask: {sparsity: 0.5, options: {sparsity_m_by_n: [2, 4]}},
    }),
  ),
  {
    name: 'magnitude, 50 % of 999 weights',
    peer: 'torch',
    shapes: [[27, 37]],
    recipe: {},
    targets: [0.5],
    ask: {how: 'element', amounts: [0.5]},
    differs: 'torch rounds the pruned weights half to even, we the kept ones',
  },
  {
    name: 'magnitude, 90 % of 25 weights',
    peer: 'tfmot',
    shapes: [[5, 5]],
    recipe: {},
    targets: [0.9],
    ask: {sparsity: 0.9, options: {}},
    differs: 'tfmot computes 25 · (1 − 0.9) in single precision, 2.5000006, we take it for 2.5',
  },
  {
    name: 'magnitude, 50 %, of 8 different magnitudes',
    peer: 'tfmot',
    shapes: [rows],
    recipe: {},
    targets: [0.5],
    ask: {sparsity: 0.5, options: {}},
    levels: 8,
    differs: 'tfmot keeps all weights that equal the last kept one, we the first of them',
  },
  {
    name: 'magnitude, 50 %, of 8 different magnitudes',
    peer: 'torch',
    shapes: [rows],
    recipe: {},
    targets: [0.5],
    ask: {how: 'element', amounts: [0.5]},
    levels: 8,
    differs: 'torch does not say which of equal weights it prunes, we keep the first',
  },
  {
    name: 'blocks by mean, 50 %, of shape 22 × 46',
    peer: 'tfmot',
    shapes: [[22, 46]],
    recipe: blocks('mean'),
    targets: [0.5],
    ask: {sparsity: 0.5, ...asBlocks('AVG')},
    differs:
      'where blocks do not fit, tfmot centers those that it scores, and masks from the first row and column on',
  },
];
