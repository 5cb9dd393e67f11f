import {Cast, type ReverseAttrs, type ReverseInputs} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';

type Reverse = Kernel<ReverseInputs, ReverseAttrs>;

/** Reverses axes. The stock kernel treats bools as four-byte numbers and writes out of bounds. */
export const reverse =
  (stock: Reverse): Reverse =>
  (args) => {
    const {x} = args.inputs;
    if (x.dtype !== 'bool') return stock(args);
    return compose(args.backend, (run, track) => {
      const reversed = track(stock({...args, inputs: {x: run(Cast, {x}, {dtype: 'int32'})}}));
      return run(Cast, {x: reversed}, {dtype: 'bool'});
    });
  };
