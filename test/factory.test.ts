import * as tf from '@tensorflow/tfjs';
import * as library from 'tfjs-pruning';
import {addSparsityLoss, type Penalty, prune, type Recipe} from 'tfjs-pruning';
import {iterativePruning, type PruningOptions, project, pruning, sparsityLoss} from 'tfjs-pruning/callbacks';
import {expectNoLeakedTensors} from './support/memory';
import {expectRefusal} from './support/state';
import {compiled, expectNoBatch} from './support/training';

const importances = [
  ...['magnitude', 'norm', 'taylor', 'movement', 'gradient', 'activation', 'activationEntropy', 'apoz'],
  ...[
    'batchNormScale',
    'contribution',
    'fisher',
    'geometricMedian',
    'hessian',
    'random',
    'weightEntropy',
    'weightZeros',
  ],
] as const;
const patterns = ['element', 'channel', 'inputChannel', 'kernel', 'block', 'nOfM', 'layer'] as const;
const allocations = ['uniform', 'global', 'erdosRenyi', 'byCost', 'perWeight', 'within'] as const;
const schedules = ['polynomial', 'linear', 'cosine', 'exponential', 'steps'] as const;
const penalties = [
  ...['l1', 'l2', 'elastic', 'lp', 'groupLasso', 'activationL1Loss', 'activationKlLoss'],
  ...['activationEntropyLoss', 'weightEntropyLoss'],
] as const;

const all = {importance: importances, pattern: patterns, allocation: allocations};
const parts = Object.entries(all).flatMap(([role, names]) => names.map((name) => [role, name]));
const exported: Record<string, unknown> = {...library};
const factory = (name: string) => exported[name];
/** The message for an uncalled factory. */
const tells = (who: string, role: string, name: string) =>
  new RegExp(`^${who}: ${role} must be a .*, got the function ${name}; call it, as ${name}\\(…?\\)$`);

const others: [role: string, name: string][] = [
  ['importance', 'channel'],
  ['importance', 'global'],
  ['importance', 'block'],
  ['importance', 'polynomial'],
  ['pattern', 'taylor'],
  ['pattern', 'perWeight'],
  ['allocation', 'magnitude'],
  ['allocation', 'nOfM'],
  ['where', 'taylor'],
  ['where', 'threshold'],
  ['where', 'channel'],
];

it.each([...parts, ...others])(
  'prune() names an uncalled %s, %s, and leaves the model unchanged',
  async (role, name) => {
    const model = compiled('adam');
    await expectNoLeakedTensors(() =>
      expectRefusal(model, () => prune(model, 0.5, {[role]: factory(name)}), tells('prune', role, name)),
    );
  },
);

it.each([...parts, ...others])(
  'pruning(), iterativePruning() and project() name an uncalled %s, %s, before the first batch',
  async (role, name) => {
    const recipe = {[role]: factory(name)} as Recipe;
    const callbacks = {
      pruning: () => pruning({schedule: library.constant(0.5), begin: 0, end: 0, ...recipe}),
      iterativePruning: () => iterativePruning({monitor: 'val_loss', ...recipe}),
      project: () => project({sparsity: 0.5, ...recipe}),
    };
    for (const [who, make] of Object.entries(callbacks)) {
      await expectNoBatch(make, tells(who, role, name));
    }
  },
);

it.each(schedules)('pruning() names the uncalled schedule %s before the first batch', async (name) => {
  const make = () => pruning({schedule: factory(name) as PruningOptions['schedule']});
  await expectNoBatch(make, tells('pruning', 'schedule', name));
});

it.each([
  [
    'constant',
    library.constant,
    /^pruning: .* must return 2 whole numbers, .* called, as global\(\) or constant\(0.5\)$/,
  ],
  [
    'threshold()',
    library.threshold(0.1),
    /^pruning: schedule must be .*, got a threshold\(\), which is a target; give \(\) => threshold\(…\)$/,
  ],
  ['() => threshold', () => library.threshold, tells('pruning', 'sparsity', 'threshold')],
])('pruning() rejects the schedule %s before the first batch', async (_, schedule, message) => {
  const make = () => pruning({schedule: schedule as never});
  await expectNoBatch(make, message);
});

it.each(penalties)(
  'sparsityLoss() and addSparsityLoss() name the uncalled penalty %s before the first batch',
  async (name) => {
    const penalty = factory(name) as Penalty;
    const make = () => sparsityLoss({penalty, strength: 0.1});
    await expectNoBatch(make, tells('sparsityLoss', 'penalty', name));
    const model = compiled();
    await expectRefusal(
      model,
      async () => addSparsityLoss(model, {penalty, strength: 0.1}),
      tells('addSparsityLoss', 'penalty', name),
    );
  },
);

it('sparsityLoss() names an uncalled penalty also for proximal steps', () => {
  expect(() => sparsityLoss({penalty: library.l1 as never, strength: 0.1, proximal: true})).toThrow(
    tells('sparsityLoss', 'penalty', 'l1'),
  );
});

it.each([
  ['constant', library.constant],
  ['polynomial', library.polynomial],
])('sparsityLoss() names the uncalled strength %s before the first batch', async (name, strength) => {
  const make = () => sparsityLoss({penalty: library.l1(), strength: strength as never});
  await expectNoBatch(make, tells('sparsityLoss', 'strength', name));
});

it('prune() names the uncalled target threshold', async () => {
  const model = compiled();
  await expectRefusal(
    model,
    () => prune(model, library.threshold as never),
    tells('prune', 'sparsity', 'threshold'),
  );
});

it('within() names an uncalled allocation, and groupLasso() an uncalled pattern', async () => {
  expect(() => library.within(library.global as never, {max: 0.9})).toThrow(
    tells('within', 'allocation', 'global'),
  );
  expect(() => library.groupLasso(library.channel as never)).toThrow(
    tells('groupLasso', 'pattern', 'channel'),
  );
  const model = compiled();
  const allocation = library.within(library.perWeight as never, {max: 0.9});
  await expectRefusal(
    model,
    () => prune(model, 0.5, {allocation}),
    tells('within', 'allocation', 'perWeight'),
  );
});

describe.each(['importance', 'pattern', 'allocation'])('%s', (role) => {
  it.each([
    ['taylor', '"taylor"'],
    [3, '3'],
    [null, 'null'],
    [{}, 'an object '],
    [[1], 'an array of 1'],
  ])(
    'that is %j is rejected by every function with a recipe before it changes anything',
    async (value, got) => {
      const recipe = {[role]: value} as Recipe;
      const message = (who: string) => `${who}: ${role} must be a function`;
      const makers = {
        pruning: () => pruning({schedule: library.constant(0.5), ...recipe}),
        iterativePruning: () => iterativePruning(recipe),
        project: () => project({sparsity: 0.5, ...recipe}),
      };
      for (const [who, make] of Object.entries(makers)) {
        expect(make).toThrow(message(who));
        expect(make).toThrow(`got ${got}`);
      }
      await expect(prune(compiled(), 0.5, recipe)).rejects.toThrow(message('prune'));
    },
  );
});

it('prune() accepts custom functions with any parameters and results', async () => {
  const importance = ({value}: {value: tf.Tensor}) => tf.abs(value);
  function declared({value}: {value: tf.Tensor}) {
    return tf.abs(value);
  }
  function ones() {
    return [20, 10];
  }
  for (const recipe of [{importance}, {importance: declared}, {allocation: ones}, {where: () => true}]) {
    await prune(compiled(), 0.5, recipe as Recipe);
  }
});

it('prune() passes on an error of a custom function unchanged', async () => {
  function mine(): never {
    throw new Error('mine is broken');
  }
  await expect(prune(compiled(), 0.5, {importance: mine})).rejects.toThrow(/^mine is broken$/);
});

it('prune() rejects a where that returns a promise', async () => {
  const where = (async () => false) as never;
  await expect(prune(compiled(), 0.5, {where})).rejects.toThrow(
    'prune: where must return true or false, got a Promise',
  );
});
