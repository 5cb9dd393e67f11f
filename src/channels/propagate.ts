import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import {kindOf} from '../model/kinds';
import type {CallNode} from '../model/tfjs';
import {type CallContext, type ChannelTensor, type Propagation, pinned, type Shape} from './rules/rule';
import {ruleOf} from './rules/table';
import {withoutBorder} from './rules/values';
import type {Channels} from './union';

/** Facts of a call beside its node. */
interface Given {
  readonly path: string;
  readonly inputs: readonly ChannelTensor[];
  readonly channels: Channels;
  readonly isOnlyCall: boolean;
}

/** Applies a layer's rule to one of its calls, which ties, pins and adds channels. */
export function propagateCall(node: CallNode, {path, inputs, channels, isOnlyCall}: Given): Propagation {
  const callArgs = Object.keys(node.callArgs ?? {});
  if (callArgs.length > 0) {
    return pinned(`it is called with ${callArgs}`);
  }
  if (
    [...inputs, ...node.outputTensors.map((tensor) => ({shape: shapeOf(tensor)}))].some(
      ({shape}) => shape.length === 0,
    )
  ) {
    return pinned('it has tensors of one number per example');
  }
  const propagate = (context: CallContext) =>
    ruleOf(context.layer)?.(context) ?? pinned(`a ${context.layer.getClassName()} is not known`);
  const alignBorderedInput = (i: number, axis: number) => {
    if (inputs[i].axis === axis) {
      return inputs[i];
    }
    const reason = `${path}: it takes its channels along another axis`;
    channels.pin(inputs[i].ids, reason);
    return pinnedTensor(channels, inputs[i].shape, reason, axis);
  };
  return propagate({
    layer: node.outboundLayer,
    inputs: inputs.map(withoutBorder),
    outputs: node.outputTensors.map(shapeOf),
    channels,
    isOnlyCall,
    weightsOf: (owner) => kindOf(owner)?.weights ?? {},
    propagate,
    alignBorderedInput,
    alignInput: (i, axis) => withoutBorder(alignBorderedInput(i, axis)),
  });
}

/** The input layer of a model returns the tensor that its model is called with. */
export function identity(input: ChannelTensor): Propagation {
  return {
    outputs: [input],
    weightAxes: [],
    linearMaps: [],
    values: () => input.values,
    config: () => ({}),
  };
}

/** A tensor all of whose channels have to stay. */
export function pinnedTensor(
  channels: Channels,
  shape: Shape,
  reason: string,
  axis = shape.length - 1,
): ChannelTensor {
  const ids = channels.fresh(shape[axis] ?? 1);
  channels.pin(ids, reason);
  return {shape, axis, ids, values: varying(ids.length)};
}

/** The values of places that all may differ between examples. */
export function varying(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

export const shapeOf = ({shape}: SymbolicTensor): Shape => shape.slice(1);
