import {prune, random} from 'tfjs-pruning';
import {masksOf, oneDense, twoDense} from '../support/models';
import {weightOf} from '../support/weights';

const size = 20;
const square = (fill: number) => Array.from({length: size}, () => new Array<number>(size).fill(fill));

it('random() gives uniform scores in [0, 1)', () => {
  const scores = [...random()(weightOf([100, 100])).dataSync()];
  expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...scores)).toBeLessThan(1);
  for (const quarter of [0, 0.25, 0.5, 0.75]) {
    const share = scores.filter((score) => score >= quarter && score < quarter + 0.25).length / 10_000;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.02);
  }
});

it('random() prunes the same elements for the same seed, whatever their values', async () => {
  const [one, two, other] = [square(1), square(-5), square(1)].map(oneDense);
  await prune(one, 0.5, {importance: random({seed: 3})});
  await prune(two, 0.5, {importance: random({seed: 3})});
  await prune(other, 0.5, {importance: random({seed: 4})});
  expect(masksOf(one)).toEqual(masksOf(two));
  expect(masksOf(one)).not.toEqual(masksOf(other));
});

it('random() has a seed of 0 by default', async () => {
  const [byDefault, zero] = [oneDense(square(1)), oneDense(square(1))];
  await prune(byDefault, 0.5, {importance: random()});
  await prune(zero, 0.5, {importance: random({seed: 0})});
  expect(masksOf(byDefault)).toEqual(masksOf(zero));
});

it('random() scores weights of the same shape differently', async () => {
  const model = twoDense(square(1), square(1));
  await prune(model, 0.5, {importance: random()});
  const [first, second] = masksOf(model);
  expect(first).not.toEqual(second);
});

it('random() scores a weight alike, whatever other weights are pruned with it', async () => {
  const [both, one] = [twoDense(square(1), square(1)), twoDense(square(1), square(1))];
  await prune(both, 0.5, {importance: random()});
  await prune(one, 0.5, {importance: random(), where: ['second']});
  expect(masksOf(one)[1]).toEqual(masksOf(both)[1]);
});

it('random() with one seed prunes supersets as the sparsity rises', async () => {
  const [ramp, jump] = [oneDense(square(1)), oneDense(square(1))];
  await prune(ramp, 0.3, {importance: random({seed: 5})});
  const before = masksOf(ramp)[0];
  await prune(ramp, 0.6, {importance: random({seed: 5})});
  await prune(jump, 0.6, {importance: random({seed: 5})});
  expect(before.filter((bit) => bit === 0)).toHaveLength(120);
  expect(masksOf(ramp)).toEqual(masksOf(jump));
});

it('random() rejects a misspelt option', () => {
  expect(() => random({sed: 2} as never)).toThrow('random: unknown option "sed"');
});
