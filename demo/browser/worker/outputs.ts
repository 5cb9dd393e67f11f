import type {OutputCalls} from '../protocol';
import {SIZE} from '../shards';
import {examples} from './digits';
import type {Parts} from './parts';

/** The batch size of timings. */
const SHIPPED_DIGITS = 250;

/** Implements the calls about files and shipped forms; the code of each is loaded when it is called. */
export function outputCalls({stage, mnist}: Parts): OutputCalls {
  return {
    ship: async () => {
      const {ship} = await import('./ship');
      const {x, y} = examples(mnist.test, [...Array(SHIPPED_DIGITS).keys()]);
      y.dispose();
      try {
        return await ship(stage.network, x);
      } finally {
        x.dispose();
      }
    },
    measureModule: async () => {
      const {measureModule} = await import('./module');
      const digit = Float32Array.from(mnist.test.pixels.subarray(0, SIZE), (grey) => grey / 255);
      return measureModule(stage.network, digit);
    },
    download: async (format) => {
      const {makers} = await import('./formats');
      return makers[format](stage.network.pruned);
    },
    load: async (files) => {
      const {networkOf} = await import('./load');
      const network = await networkOf(files);
      await network.maskZeros();
      await stage.take(network);
    },
  };
}
