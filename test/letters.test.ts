import fc from 'fast-check';
import {binary} from '../src/runtime/binary';
import {fromLetters, toLetters} from '../src/util/letters';

test('letters stand for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 600}), (bytes) => {
      expect([...fromLetters(toLetters(bytes))]).toEqual([...bytes]);
    }),
  );
  const all = Uint8Array.from({length: 256}, (_, byte) => byte);
  expect([...fromLetters(toLetters(all))]).toEqual([...all]);
});

test('letters need no escapes in a string literal', () => {
  const all = Uint8Array.from({length: 256}, (_, byte) => byte);
  expect(toLetters(all).letters).toMatch(/^[!-~]+$/);
  expect(toLetters(all).letters).not.toMatch(/["'`\\$]/);
});

test('the kernels of the runtime take one letter for most bytes', () => {
  const {length} = fromLetters(binary);
  expect(binary.letters.length).toBeGreaterThan(length);
  expect(binary.letters.length).toBeLessThan(1.1 * length);
});
