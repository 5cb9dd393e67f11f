import {
  type Allocation,
  channel,
  element,
  erdosRenyi,
  fisher,
  geometricMedian,
  global,
  hessian,
  type Importance,
  lamp,
  magnitude,
  movement,
  norm,
  type Pattern,
  random,
  taylor,
  uniform,
} from 'tfjs-pruning';

/** The importances by name. Only `random` depends on the seed. */
export const importances = {
  random: (seed: number) => random({seed}),
  magnitude: () => magnitude(),
  norm: () => norm(),
  taylor: () => taylor(),
  fisher: () => fisher(),
  hessian: () => hessian(),
  movement: () => movement(),
  geometricMedian: () => geometricMedian(),
} satisfies Record<string, (seed: number) => Importance>;

export const allocations = {
  uniform: uniform(),
  global: global(),
  lamp: global({normalize: lamp}),
  erdosRenyi: erdosRenyi(),
} satisfies Record<string, Allocation>;

export const patterns = {element: element(), channel: channel()} satisfies Record<string, Pattern>;

/** A way to prune, by the names of its parts. Without `penalty` or `regrow` it prunes gradually during the first half of a fit. */
export interface Method {
  readonly importance: keyof typeof importances;
  readonly allocation: keyof typeof allocations;
  readonly pattern: keyof typeof patterns;
  /** Learns from a teacher's outputs at temperature 4 in place of the labels. */
  readonly teacher?: true;
  /** Trains with weights rounded to a codebook of 2^bits values once the masks are final. */
  readonly bits?: number;
  /** Shrinks the weights by this penalty during half of the epochs, and then prunes in one step. */
  readonly penalty?: 'l1';
  /** Trains a sparse network from scratch, whose masks move: the best pruned elements by this score grow again. */
  readonly regrow?: 'gradient';
}

const elements = (
  importance: Method['importance'],
  allocation: Method['allocation'] = 'global',
  more: Partial<Method> = {},
): Method => ({importance, allocation, pattern: 'element', ...more});

const channels = (importance: Method['importance']): Method => ({
  importance,
  allocation: 'uniform',
  pattern: 'channel',
});

/** The methods by name. */
export const methods = {
  random: elements('random', 'uniform'),
  magnitude: elements('magnitude', 'uniform'),
  global: elements('magnitude'),
  lamp: elements('magnitude', 'lamp'),
  erdosRenyi: elements('magnitude', 'erdosRenyi'),
  taylor: elements('taylor'),
  fisher: elements('fisher'),
  hessian: elements('hessian'),
  movement: elements('movement'),
  'l1 + threshold': elements('magnitude', 'global', {penalty: 'l1'}),
  distilled: elements('fisher', 'global', {teacher: true}),
  quantized: elements('fisher', 'global', {bits: 4}),
  regrowth: elements('random', 'erdosRenyi', {regrow: 'gradient'}),
  'channels: random': channels('random'),
  'channels: norm': channels('norm'),
  'channels: taylor': channels('taylor'),
  'channels: fisher': channels('fisher'),
  'channels: geometricMedian': channels('geometricMedian'),
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof methods;
