import fc from 'fast-check';
import {numbered, placesAlong, placesOf, sumOfPlaces} from '../src/model/axes';

/** A shape, and some of its axes in any order. */
const shapes = fc
  .array(fc.integer({min: 1, max: 4}), {minLength: 1, maxLength: 5})
  .chain((shape) =>
    fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()]), fc.subarray([...shape.keys()])),
  );

/** The position of each element, from its indices. */
function placesByIndex(shape: readonly number[], axes: readonly number[]): number[] {
  const count = shape.reduce((product, dim) => product * dim, 1);
  return Array.from({length: count}, (_, i) => {
    let [rest, place, step] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (axes.includes(axis)) {
        place += (rest % shape[axis]) * step;
        step *= shape[axis];
      }
      rest = Math.floor(rest / shape[axis]);
    }
    return place;
  });
}

it('placesOf() numbers elements along some axes in row-major order', () => {
  fc.assert(
    fc.property(shapes, ([shape, axes]) => {
      expect([...placesAlong(shape, axes)]).toEqual(placesByIndex(shape, axes));
      expect([...placesAlong(shape, [...axes].reverse())]).toEqual(placesByIndex(shape, axes));
    }),
    {seed: 1, numRuns: 300},
  );
});

it('values of positions along two sets of axes add up for each element', () => {
  fc.assert(
    fc.property(shapes, ([shape, some, others]) => {
      const [one, other] = [placesByIndex(shape, some), placesByIndex(shape, others)];
      const sums = sumOfPlaces(
        shape,
        numbered(placesOf(shape, some), (place) => place * 7),
        numbered(placesOf(shape, others), (place) => Math.floor(place / 2)),
      );
      expect([...sums]).toEqual(one.map((place, i) => place * 7 + Math.floor(other[i] / 2)));
    }),
    {seed: 2, numRuns: 300},
  );
});
