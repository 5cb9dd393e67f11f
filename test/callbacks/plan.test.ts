import {linear, polynomial, type Schedule, steps, threshold} from 'tfjs-pruning';
import {type PruningOptions, pruning} from 'tfjs-pruning/callbacks';

const schedule = linear({to: 0.8});
const planOf = (
  options: Partial<PruningOptions>,
  ...run: [epochs: number, batches?: number, from?: object]
) => pruning({schedule, ...options}).plan(...(run as Parameters<ReturnType<typeof pruning>['plan']>));
const epochsOf = (...args: Parameters<typeof planOf>) => planOf(...args).map(({epoch}) => epoch);
const batchesOf = (...args: Parameters<typeof planOf>) => planOf(...args).map(({batch}) => batch);

describe('plan() by epochs', () => {
  it.each([
    [{begin: 0, end: 3}, 4, [0, 1, 2, 3]],
    [{begin: 1, end: 3}, 10, [1, 2, 3]],
    [{begin: 2, end: 2}, 3, [2]],
    [{begin: 0, end: 6, every: 2}, 7, [0, 2, 4, 6]],
    [{begin: 1, end: 6, every: 2}, 7, [1, 3, 5, 6]],
    [{begin: 1, end: 3, every: 100}, 7, [1, 3]],
    [{end: 2}, 5, [0, 1, 2]],
  ])(
    '%j over %i epochs has updates at the ends of epochs %j, including begin and end',
    (options, epochs, expected) => {
      expect(epochsOf(options, epochs)).toEqual(expected);
    },
  );

  it.each([
    [1, [0]],
    [2, [0]],
    [4, [0, 1, 2]],
    [8, [0, 1, 2, 3, 4, 5]],
    [12, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ])('of %i epochs covers the first three quarters by default: %j', (epochs, expected) => {
    expect(epochsOf({}, epochs)).toEqual(expected);
  });

  it('lists the progress and the target of each update', () => {
    expect(planOf({begin: 1, end: 5, every: 2}, 8)).toEqual([
      {epoch: 1, batch: undefined, progress: 0, target: 0},
      {epoch: 3, batch: undefined, progress: 0.5, target: 0.4},
      {epoch: 5, batch: undefined, progress: 1, target: 0.8},
    ]);
  });

  it('jumps to the last target if begin equals end', () => {
    const [{progress, target}] = planOf({begin: 3, end: 3, schedule: polynomial({from: 0.2, to: 0.9})}, 4);
    expect([progress, target]).toEqual([1, 0.9]);
  });

  it('continues the schedule in a run that starts later', () => {
    const whole = planOf({begin: 1, end: 6}, 8);
    expect(planOf({begin: 1, end: 6}, 8, undefined, {epoch: 4, batch: 0})).toEqual(whole.slice(3));
  });

  it('accepts thresholds from a schedule', () => {
    const tau = threshold(0.1);
    expect(planOf({schedule: () => tau, begin: 0, end: 0}, 1)[0].target).toBe(tau);
  });

  it('goes through the values of steps()', () => {
    const targets = planOf({schedule: steps([0.5, 0.8, 0.9]), begin: 0, end: 5}, 8).map(({target}) => target);
    expect(targets).toEqual([0.5, 0.5, 0.8, 0.8, 0.9, 0.9]);
  });
});

describe('plan() by batches', () => {
  const unit = 'batch' as const;

  it('counts batches from 0, and lists their epochs', () => {
    expect(planOf({unit, begin: 2, end: 7, every: 3}, 3, 4)).toEqual([
      {epoch: 0, batch: 2, progress: 0, target: 0},
      {epoch: 1, batch: 5, progress: 0.6, target: expect.closeTo(0.48, 12)},
      {epoch: 1, batch: 7, progress: 1, target: 0.8},
    ]);
  });

  it('covers the first three quarters of all batches by default', () => {
    expect(batchesOf({unit}, 2, 4)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(batchesOf({unit, every: 4}, 2, 8)).toEqual([0, 4, 8, 11]);
  });

  it('lists the updates that the run reaches', () => {
    expect(batchesOf({unit, begin: 2, end: 9, every: 2}, 1, 6)).toEqual([2, 4]);
    expect(batchesOf({unit, begin: 2, end: 9, every: 2}, 1, 6, {epoch: 0, batch: 6})).toEqual([6, 8, 9]);
  });

  it('lists all updates of a run of unknown length, without their epochs', () => {
    const updates = planOf({unit, begin: 0, end: 6, every: 3}, 5);
    expect(updates.map(({epoch, batch}) => [epoch, batch])).toEqual([
      [undefined, 0],
      [undefined, 3],
      [undefined, 6],
    ]);
  });
});

const refusals: [
  options: Partial<PruningOptions>,
  run: Parameters<typeof planOf>[1][],
  message: string | RegExp,
][] = [
  [{end: 3}, [3], 'pruning: end 3 is past the last epoch, 2'],
  [{begin: 5}, [4], /^pruning: begin 5 is after end 2, three quarters of the run/],
  [{unit: 'batch', begin: 10, end: 20}, [2, 5], /^pruning: nothing would be pruned, .*10 to 20 .* 0 to 9$/],
  [{unit: 'batch'}, [2], 'pruning: the number of batches is not known here, so give `end`'],
];

it.each(refusals)('plan() rejects %j over a run of %j', (options, run, message) => {
  expect(() => planOf(options, ...(run as [number, number?]))).toThrow(message);
});

it('plan() rejects a run that starts after the end', () => {
  expect(() => planOf({end: 3}, 8, undefined, {epoch: 4, batch: 0})).toThrow(
    /^pruning: nothing would be pruned/,
  );
});

it.each([
  [Number.NaN, 'NaN'],
  [1, '1'],
  [-0.1, '-0.1'],
  [undefined, 'undefined'],
  ['0.5', '"0.5"'],
  [[0.5], 'an array of 1'],
])('plan() rejects a schedule that returns %p', (target, got) => {
  const nonsense = ((progress: number) => (progress < 1 ? 0.5 : target)) as Schedule;
  expect(() => planOf({schedule: nonsense, end: 2}, 4)).toThrow(
    `pruning: the schedule at progress 1: sparsity must be a number in [0, 1), the share to prune, {keep: n} or a threshold(), got ${got}`,
  );
});

it('plan() rejects a schedule factory that was not called', () => {
  expect(() => planOf({schedule: polynomial as unknown as Schedule}, 4)).toThrow(
    'pruning: schedule must be a function of progress, as polynomial({to: 0.9}), got the function polynomial; call it',
  );
});
