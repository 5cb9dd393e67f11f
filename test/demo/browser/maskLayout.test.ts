import {indicesOf, layoutOf, pixelsRead} from '../../../demo/browser/components/maskLayout';

describe('layoutOf', () => {
  it.each([[[5, 5, 1, 8]], [[3, 3, 8, 16]], [[784, 300]], [[784, 30]], [[400, 64]]])(
    'gives each element of a weight of shape %j a separate cell',
    (shape) => {
      const {cells, elements, width, height} = layoutOf(shape);
      const size = shape.reduce((product, dim) => product * dim, 1);
      expect(new Set(cells).size).toBe(size);
      expect(elements).toHaveLength(width * height);
      expect([...cells.keys()].every((element) => elements[cells[element]] === element)).toBe(true);
    },
  );

  it('draws a convolution as filters, outputs across and inputs down', () => {
    const {width, height, cells} = layoutOf([2, 3, 4, 5]);
    expect([width, height]).toEqual([5 * 4 - 1, 4 * 3 - 1]);
    // Element [1, 2, 3, 4], the last: the lower right corner.
    expect(cells[cells.length - 1]).toBe(width * height - 1);
    // Element [0, 0, 0, 1]: the upper left corner of the second filter.
    expect(cells[1]).toBe(4);
  });

  it('draws a dense layer on pixels as an image for each unit', () => {
    const {width, height, cells} = layoutOf([784, 30]);
    expect([width, height]).toEqual([25 * 29 - 1, 2 * 29 - 1]);
    // Element [29, 0]: the second pixel of the second row of the first unit.
    expect(cells[29 * 30]).toBe(width + 1);
  });

  it('draws another dense layer as inputs across and units down', () => {
    const {width, height, cells} = layoutOf([400, 64]);
    expect([width, height]).toEqual([400, 64]);
    expect(cells[3 * 64 + 2]).toBe(2 * 400 + 3);
  });
});

it('indicesOf() returns the index along each axis', () => {
  expect(indicesOf([2, 3, 4, 5], 119)).toEqual([1, 2, 3, 4]);
  expect(indicesOf([784, 300], 301)).toEqual([1, 1]);
});

it('pixelsRead() returns the share of units that use each pixel', () => {
  expect([...pixelsRead(Uint8Array.of(1, 1, 0, 1, 0, 0), 2)]).toEqual([1, 0.5, 0]);
});
