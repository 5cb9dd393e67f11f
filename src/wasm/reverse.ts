import {Cast, type ReverseAttrs, type ReverseInputs} from '@tensorflow/tfjs-core';
import {compose, type Kernel} from './backend';

type Reverse = Kernel<ReverseInputs, ReverseAttrs>;

/** Turns axes around. (The kernel that stood before takes bools for numbers of four bytes, and writes behind them.) */
export const reverse =
  (original: Reverse): Reverse =>
  (args) => {
    const {x} = args.inputs;
    if (x.dtype !== 'bool') return original(args);
    return compose(args.backend, (run, own) => {
      const turned = own(original({...args, inputs: {x: run(Cast, {x}, {dtype: 'int32'})}}));
      return run(Cast, {x: turned}, {dtype: 'bool'});
    });
  };
