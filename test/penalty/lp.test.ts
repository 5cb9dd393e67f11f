import {lp} from 'tfjs-pruning';
import {gradient} from '../support/differences';

it('the gradient of lp() is sign(w)·(1 + lambda·p·|w|^(p − 1)), and 0 at 0', () => {
  expect(gradient(lp({p: 2, lambda: 0.5}), [3, -2, 0])).toEqual([4, -3, 0]);
  expect(gradient(lp({p: 0.5, lambda: 1}), [4, -0.25, 0])).toEqual([1.25, -2, 0]);
  expect(gradient(lp({p: 1, lambda: 1}), [4, -0.25, 0])).toEqual([2, -2, 0]);
});

it('the gradient of lp() stays finite next to 0 for any power', () => {
  for (const p of [0.1, 0.5, 1, 1.5, 2, 3]) {
    const slopes = gradient(lp({p, lambda: 1}), [0, 1e-7, -1e-20, 1e-38, 1e-45]);
    expect(slopes.every(Number.isFinite)).toBe(true);
  }
});

it.each([
  [{p: 0}, 'lp: p must be a positive number, got 0'],
  [{p: Number.POSITIVE_INFINITY}, 'lp: p must be a positive number, got Infinity'],
  [{lambda: -1}, 'lp: lambda must be a number from 0, got -1'],
  [{q: 2}, 'lp: unknown option "q"; there are p, lambda'],
])('lp() rejects %j', (options, message) => {
  expect(() => lp(options as never)).toThrow(message);
});
