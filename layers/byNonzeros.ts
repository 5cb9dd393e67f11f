import type {Tensor} from '@tensorflow/tfjs-core';
import {classMap, type Layer} from '../src/model/tfjs';
import {type MaskedCall, maskedCalls} from '../src/util/maskedCalls';
import type {Masks} from './masks';

/**
 * Computes a layer by its kernel's remaining weights, where the backend can, as 'wasm' with `enableTraining()`.
 *
 * @param Base The class as which it computes.
 * @returns a function of the inputs, which returns undefined where the layer has to compute the output.
 */
export function byNonzeros(
  layer: Layer,
  Base: object & {className: string},
  masks: Masks,
): (inputs: Tensor | Tensor[]) => Tensor | undefined {
  const mask = masks.get('kernel');
  const {className} = Base;
  // A custom class may have the name of a tfjs class, and compute something else.
  if (mask === undefined || classMap()[className]?.[0] !== Base) return () => undefined;
  let made: MaskedCall | undefined;
  const dispose = mask.dispose.bind(mask);
  mask.dispose = () => {
    made?.dispose();
    dispose();
  };
  return (inputs) => {
    const {make} = maskedCalls;
    if (make === undefined) return undefined;
    made ??= make({layer, className, mask, bias: () => masks.product('bias')});
    return made.call(inputs);
  };
}
