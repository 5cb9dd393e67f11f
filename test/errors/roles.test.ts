import type * as tf from '@tensorflow/tfjs';
import * as pruning from 'tfjs-pruning';
import * as callbacks from 'tfjs-pruning/callbacks';
import * as metrics from 'tfjs-pruning/metrics';
import * as statistics from 'tfjs-pruning/statistics';
import '../support/cpu';
import {expectNoLeakedTensors} from '../support/memory';
import {examples, mlp} from '../support/models';

/** The parts of a method by the role that each is made for. */
const parts = {
  importance: {
    magnitude: pruning.magnitude(),
    norm: pruning.norm(),
    taylor: pruning.taylor(),
    fisher: pruning.fisher(),
    hessian: pruning.hessian(),
    geometricMedian: pruning.geometricMedian(),
    batchNormScale: pruning.batchNormScale(),
    movement: pruning.movement(),
    gradient: pruning.gradient(),
    activation: pruning.activation(),
    apoz: pruning.apoz(),
    random: pruning.random(),
    weightEntropy: pruning.weightEntropy(),
    weightZeros: pruning.weightZeros(),
  },
  pattern: {
    element: pruning.element(),
    channel: pruning.channel(),
    inputChannel: pruning.inputChannel(),
    kernel: pruning.kernel(),
    block: pruning.block(2, 2),
    nOfM: pruning.nOfM({n: 2, m: 4}),
    layer: pruning.layer(),
  },
  allocation: {
    uniform: pruning.uniform(),
    global: pruning.global(),
    erdosRenyi: pruning.erdosRenyi(),
    byCost: pruning.byCost({macs: 1}),
    perWeight: pruning.perWeight({hidden: 0.5}),
    within: pruning.within(pruning.global(), {max: 0.9}),
  },
  schedule: {
    constant: pruning.constant(0.5),
    linear: pruning.linear({to: 0.9}),
    polynomial: pruning.polynomial({to: 0.9}),
    cosine: pruning.cosine({to: 0.9}),
    exponential: pruning.exponential({to: 0.9}),
    steps: pruning.steps([0.5, 0.9]),
  },
  penalty: {
    l1: pruning.l1(),
    l2: pruning.l2(),
    elastic: pruning.elastic(),
    groupLasso: pruning.groupLasso(pruning.channel()),
    activationL1Loss: pruning.activationL1Loss(),
    weightEntropyLoss: pruning.weightEntropyLoss(),
  },
  target: {threshold: pruning.threshold(0.1)},
  metric: {accuracy: metrics.accuracy(), f1: metrics.f1()},
  statistic: {inputNorm: statistics.inputNorm, meanGradient: statistics.meanGradient},
  callback: {pruning: callbacks.pruning({schedule: pruning.constant(0.5)})},
};
type Role = keyof typeof parts;

const compiled = () => {
  const model = mlp();
  model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
  return model;
};
const fitted = async (callback: () => unknown) => {
  const {x, y} = examples();
  await compiled().fit(x, y, {epochs: 2, verbose: 0, callbacks: [callback() as tf.Callback]});
};
type Use = {who: string; role: string; fits: Role[]; run: (part: never) => unknown};
const inRecipe = (['importance', 'pattern', 'allocation', 'where'] as const).flatMap((role): Use[] => [
  {who: 'prune', role, fits: [role as Role], run: (part) => prune({[role]: part})},
  {
    who: 'pruning',
    role,
    fits: [role as Role],
    run: (part) => fitted(() => callbacks.pruning({schedule: pruning.constant(0.5), [role]: part})),
  },
]);
const prune = (recipe: object) => pruning.prune(mlp(), 0.5, recipe);
const uses: Use[] = [
  ...inRecipe,
  {who: 'prune', role: 'sparsity', fits: ['target'], run: (part) => pruning.prune(mlp(), part)},
  {
    who: 'pruning',
    role: 'schedule',
    fits: ['schedule'],
    run: (part) => fitted(() => callbacks.pruning({schedule: part})),
  },
  {
    who: 'sparsityLoss',
    role: 'penalty',
    fits: ['penalty'],
    run: (part) => fitted(() => callbacks.sparsityLoss({penalty: part, strength: 0.1})),
  },
  {
    who: 'sparsityLoss',
    role: 'strength',
    fits: ['schedule'],
    run: (part) => fitted(() => callbacks.sparsityLoss({penalty: pruning.l1(), strength: part})),
  },
  {
    who: 'addSparsityLoss',
    role: 'penalty',
    fits: ['penalty'],
    run: (part) => pruning.addSparsityLoss(mlp(), {penalty: part, strength: 0.1}),
  },
  {
    who: 'within',
    role: 'allocation',
    fits: ['allocation'],
    run: (part) => prune({allocation: pruning.within(part, {max: 0.9})}),
  },
  {
    who: 'groupLasso',
    role: 'pattern',
    fits: ['pattern'],
    run: (part) => pruning.addSparsityLoss(mlp(), {penalty: pruning.groupLasso(part), strength: 0.1}),
  },
  {
    who: 'global',
    role: 'normalize',
    fits: [],
    run: (part) => prune({allocation: pruning.global({normalize: part})}),
  },
  {
    who: 'evaluation',
    role: 'metrics',
    fits: ['metric'],
    run: (part) => {
      const {x, y} = examples();
      return fitted(() => callbacks.evaluation({metrics: [part], data: [x, y]}));
    },
  },
  {
    who: 'sensitivity',
    role: 'metric',
    fits: ['metric'],
    run: (part) => {
      const {x, y} = examples();
      return pruning.sensitivity(compiled(), x, y, {sparsities: [0.5], metric: part});
    },
  },
  {
    who: 'measure',
    role: 'needs',
    fits: ['statistic'],
    run: (part) => {
      const {x, y} = examples();
      return pruning.measure(compiled(), x, y, {needs: [part]});
    },
  },
];

it.each(uses)('$who names $role and what it got in its place', async ({who, role, fits, run}) => {
  const faults: Record<string, string> = {};
  for (const [kind, all] of Object.entries(parts)) {
    if (fits.includes(kind as Role)) continue;
    for (const [name, part] of Object.entries(all)) {
      let message = 'no error';
      try {
        await run(part as never);
      } catch (error) {
        message = (error as Error).message;
      }
      if (!message.startsWith(`${who}: `) || !message.includes(role)) faults[`${kind} ${name}`] = message;
    }
  }
  expect(faults).toEqual({});
});

it.each(['importance', 'pattern', 'allocation', 'where'])(
  'prune leaves no tensor behind when %s is another part',
  async (role) => {
    const model = mlp();
    for (const [kind, all] of Object.entries(parts)) {
      if (kind === role) continue;
      for (const part of Object.values(all)) {
        await expectNoLeakedTensors(() =>
          expect(pruning.prune(model, 0.5, {[role]: part})).rejects.toThrow(),
        );
      }
    }
  },
);
