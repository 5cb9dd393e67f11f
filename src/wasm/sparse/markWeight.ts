import {type Tensor, Variable} from '@tensorflow/tfjs-core';
import {install} from './dispatch';
import {markData, unmarkData} from './Mark';

/** Marks the data of a weight, and of a variable also the data that it is assigned later. */
export function markWeight(weight: Tensor): void {
  install();
  markData(weight.dataId);
  if (!(weight instanceof Variable)) return;
  const assign = weight.assign.bind(weight);
  weight.assign = (value) => {
    const before = weight.dataId;
    assign(value);
    unmarkData(before);
    markData(weight.dataId);
  };
}
