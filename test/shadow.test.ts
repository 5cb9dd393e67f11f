import {shadow} from '../src/model/shadow';

class Counter {
  step = 1;
  next(from: number): number {
    return from + this.step;
  }
}
const times = (factor: number) => (next: Counter['next']) => (from: number) => factor * next(from);

it('shadow() replaces a method of one object, with its this', () => {
  const [counter, other] = [new Counter(), new Counter()];
  counter.step = 2;
  const undo = shadow(counter, 'next', times(10));
  expect([counter.next(1), other.next(1)]).toEqual([30, 2]);
  undo();
  expect(counter.next(1)).toBe(3);
  expect(Object.keys(counter)).toEqual(['step']);
});

it.each([
  ['the last to the first', [2, 1, 0]],
  ['the first to the last', [0, 1, 2]],
  ['the middle on', [1, 2, 0]],
])('stacked shadows are undone from %s', (_, order) => {
  const counter = new Counter();
  const factors = [2, 3, 3];
  const undos = factors.map((factor) => shadow(counter, 'next', times(factor)));
  let product = 18;
  for (const i of order) {
    expect(counter.next(1)).toBe(2 * product);
    undos[i]();
    undos[i]();
    product /= factors[i];
  }
  expect(counter.next(1)).toBe(2);
  expect(Object.keys(counter)).toEqual(['step']);
});

it('undoing a shadow restores an own property of the object unchanged', () => {
  const owner = {next: (from: number) => from + 1};
  const {next} = owner;
  const undo = shadow(owner, 'next', times(2));
  expect(owner.next(1)).toBe(4);
  undo();
  expect(owner.next).toBe(next);
});
