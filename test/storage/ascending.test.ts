import fc from 'fast-check';
import {ascending} from '../../src/storage/write/ascending';

it('ascending() orders floats as sort does, −0 before 0', () => {
  const values = fc.float32Array({noNaN: true, maxLength: 300});
  fc.assert(
    fc.property(values, (given) => {
      const before = given.slice();
      expect([...ascending(given)]).toEqual([...given.slice().sort()]);
      expect(given).toEqual(before);
    }),
  );
  expect([...ascending(Float32Array.of(0, 3e38, -0, -1e-45, -3e38))]).toEqual([
    ...Float32Array.of(-3e38, -1e-45, -0, 0, 3e38),
  ]);
});
