import type {ImageProduct} from '../../../src/wasm/train/imageProduct';
import {planMasked} from '../../../src/wasm/train/maskedPlan';

const dense = (batch: number): ImageProduct => ({
  window: {filter: [1, 1, 800, 500], strides: [1, 1], pad: 'valid'},
  images: [batch, 1, 1, 800],
  outShape: [batch, 500],
});

const convolution: ImageProduct = {
  window: {filter: [3, 3, 64, 64], strides: [1, 1], pad: 'same'},
  images: [64, 8, 8, 64],
  outShape: [64, 8, 8, 64],
};

/** The products that skip masked weights, of a layer with a share of its weights. */
function planned(product: ImageProduct, share: number, threads = 1): string[] {
  const weights = product.window.filter.reduce((size, length) => size * length);
  const plan = planMasked(product, share * weights, threads);
  return Object.entries(plan).flatMap(([name, skips]) => (skips ? [name] : []));
}

describe('a masked layer skips its masked weights', () => {
  it('in all three products at 90 %', () => {
    expect(planned(dense(64), 0.1)).toEqual(['forward', 'input', 'filter']);
    expect(planned(convolution, 0.1)).toEqual(['forward', 'input', 'filter']);
  });

  it('in each product from the sparsity on at which that one pays', () => {
    expect(planned(dense(64), 1)).toEqual([]);
    expect(planned(dense(64), 0.6)).toEqual(['forward', 'input']);
    expect(planned(dense(64), 0.4)).toEqual(['forward', 'input', 'filter']);
  });

  it('where the batch fills enough of a tile of 32', () => {
    // That saves the product of the weights and the mask.
    expect(planned(dense(1), 0.1)).toEqual(['forward']);
    expect(planned(dense(1), 0.5)).toEqual([]);
    expect(planned(dense(8), 0.1)).toEqual(['forward', 'input', 'filter']);
    expect(planned(dense(33), 0.6)).toEqual([]);
  });

  it('in convolutions at a higher sparsity if the backend has threads, which its own products share', () => {
    expect(planned(convolution, 0.6)).toContain('forward');
    expect(planned(convolution, 0.6, 4)).not.toContain('forward');
    expect(planned(convolution, 0.1, 4)).toContain('forward');
  });

  it('nowhere if its images are smaller than its window', () => {
    const window = {...convolution.window, pad: 'valid'} as const;
    expect(planned({window, images: [64, 2, 2, 64], outShape: [64, 0, 0, 64]}, 0.1)).toEqual([]);
  });
});
