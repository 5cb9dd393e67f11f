import {centre} from '../../../demo/browser/components/centre';

const WIDTH = 100;

/** A field with a filled rectangle. */
function rectangle(left: number, top: number, width: number, height: number): Float32Array {
  return Float32Array.from({length: WIDTH * WIDTH}, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return +(x >= left && x < left + width && y >= top && y < top + height) * 255;
  });
}

/** The bounding box of the ink in 28×28 pixels. */
function extent(pixels: Float32Array) {
  const inked = [...pixels.keys()].filter((i) => pixels[i] > 0.5);
  const [xs, ys] = [inked.map((i) => i % 28), inked.map((i) => Math.floor(i / 28))];
  return {left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys)};
}

describe('centre', () => {
  it.each([
    ['a small stroke in a corner', rectangle(2, 3, 5, 10)],
    ['a large one in the middle', rectangle(30, 10, 40, 80)],
  ])('scales %s to 20 pixels in the middle', (_, ink) => {
    expect(extent(centre(ink, WIDTH) as Float32Array)).toEqual({left: 9, right: 18, top: 4, bottom: 23});
  });

  it('moves the centre of mass to the middle, not the centre of the box', () => {
    const ink = rectangle(10, 10, 20, 80);
    rectangle(30, 70, 40, 20).forEach((value, i) => {
      ink[i] = Math.max(ink[i], value);
    });
    const pixels = centre(ink, WIDTH) as Float32Array;
    const mass = pixels.reduce((sum, value) => sum + value, 0);
    const middle = (of: (i: number) => number) =>
      pixels.reduce((sum, value, i) => sum + value * (of(i) + 0.5), 0) / mass;
    expect(middle((i) => i % 28)).toBeCloseTo(14, 1);
    expect(middle((i) => Math.floor(i / 28))).toBeCloseTo(14, 1);
  });

  it('returns grey values from 0 to 1 with soft edges', () => {
    const pixels = centre(rectangle(11, 7, 33, 71), WIDTH) as Float32Array;
    expect(Math.max(...pixels)).toBe(1);
    expect(Math.min(...pixels)).toBe(0);
    expect(pixels.some((value) => value > 0 && value < 1)).toBe(true);
  });

  it('returns undefined for an empty field', () => {
    expect(centre(new Float32Array(WIDTH * WIDTH), WIDTH)).toBeUndefined();
  });
});
