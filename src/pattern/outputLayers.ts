import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import type {Network} from '../model/network';
import type {Layer} from '../model/tfjs';
import {isContainer} from '../model/tree';
import {hasLargeWeight, hasMaskedWeight} from '../model/weight';

/**
 * The paths of the output layers, whose units are the model's outputs: the prunable layers from which an output depends on
 * no other large weight.
 */
export function outputLayers({model, leaves}: Network): Set<string> {
  const pathOf = new Map(leaves.map(({layer, path}) => [layer, path]));
  const found = new Set<string>();
  const seen = new Map<SymbolicTensor, boolean>();
  /** Follows a tensor back; returns whether it depends on an input of its model without a large weight between. */
  const follow = (tensor: SymbolicTensor): boolean => {
    const known = seen.get(tensor);
    if (known !== undefined) {
      return known;
    }
    const layer: Layer = tensor.sourceLayer;
    const {inputTensors} = layer.inboundNodes[tensor.nodeIndex];
    const through = (tensors: SymbolicTensor[]) => tensors.map(follow).some(Boolean);
    const follows = () => {
      if (isContainer(layer)) {
        return through(layer.outputs) && through(inputTensors);
      }
      if (hasMaskedWeight(layer)) {
        found.add(pathOf.get(layer) as string);
        return false;
      }
      // The input of an input layer is its own output.
      return inputTensors.includes(tensor) || (!hasLargeWeight(layer) && through(inputTensors));
    };
    const result = follows();
    seen.set(tensor, result);
    return result;
  };
  model.outputs.forEach(follow);
  return found;
}
