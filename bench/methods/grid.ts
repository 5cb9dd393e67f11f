import {type MethodName, methods} from './methods';
import type {TaskName} from './tasks';

/** A run: a network pruned by a method to a sparsity, with a seed; or trained dense. */
export interface Cell {
  readonly id: string;
  readonly network: TaskName;
  readonly method: MethodName | 'dense';
  readonly sparsity: number;
  readonly seed: number;
}

/** A run of the grid. */
export interface Planned extends Cell {
  /** Whether it is of the plan, or run where time is left. */
  readonly isPlanned: boolean;
}

export const SEEDS = [1, 2, 3];
const all = Object.keys(methods) as MethodName[];
export const channelwise = all.filter((name) => methods[name].pattern === 'channel');
export const elementwise = all.filter((name) => methods[name].pattern === 'element');

/** Networks that train in seconds, and the others. */
const small: readonly TaskName[] = ['lenet-300-100', 'conv'];
const large: readonly TaskName[] = ['lstm', 'lenet-5-caffe', 'separable', 'resnet-20'];

/** Networks × methods × sparsities. */
interface Block {
  readonly networks: readonly TaskName[];
  readonly methods: readonly MethodName[];
  readonly sparsities: readonly number[];
}

/** The plan: all methods on the small networks, and those that matter on the others. */
const plan = {
  small: [
    {networks: small, methods: elementwise, sparsities: [0.95, 0.98, 0.9]},
    {networks: small, methods: channelwise, sparsities: [0.5]},
  ],
  large: [
    {networks: large, methods: ['random', 'global', 'taylor', 'fisher', 'distilled'], sparsities: [0.9]},
    {networks: large, methods: channelwise, sparsities: [0.5]},
  ],
} satisfies Record<string, Block[]>;

/** Run where time is left. */
const beyond: readonly Block[] = [
  {networks: small, methods: channelwise, sparsities: [0.3, 0.7]},
  {networks: small, methods: elementwise, sparsities: [0.5, 0.8, 0.99]},
];

/** All runs, the most telling first. */
export function grid(): Planned[] {
  const [first, ...others] = SEEDS;
  const run = (blocks: readonly Block[], seed: number) => blocks.flatMap((block) => cellsOf(block, seed));
  const planned = (size: keyof typeof plan, seed: number) => [
    ...(size === 'small' ? small : large).map((network) => cell(network, 'dense', 0, seed)),
    ...run(plan[size], seed),
  ];
  const plannedCells = [
    ...planned('small', first),
    ...planned('large', first),
    ...others.flatMap((seed) => planned('small', seed)),
    ...others.flatMap((seed) => planned('large', seed)),
  ];
  return [
    ...plannedCells.map((one) => ({...one, isPlanned: true})),
    ...SEEDS.flatMap((seed) => run(beyond, seed)).map((one) => ({...one, isPlanned: false})),
  ];
}

function cellsOf({networks, methods, sparsities}: Block, seed: number): Cell[] {
  return networks.flatMap((network) =>
    sparsities.flatMap((sparsity) => methods.map((method) => cell(network, method, sparsity, seed))),
  );
}

function cell(network: TaskName, method: Cell['method'], sparsity: number, seed: number): Cell {
  return {id: `${network}/${method}/${sparsity}/${seed}`, network, method, sparsity, seed};
}
