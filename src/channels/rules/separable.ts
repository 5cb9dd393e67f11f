import {carriedThrough} from './carriers';
import {edgesThrough} from './edges';
import {channelAxis, fieldsOf, repeatEach, shapeOf} from './fields';
import {isUniform, propagateLinear} from './linear';
import type {PropagationRule} from './rule';

/** The rule for separable convolutions: a depthwise kernel, directly followed by a pointwise one. */
export function separable(): PropagationRule {
  return (context) => {
    const {layer} = context;
    const input = context.alignBorderedInput(0, channelAxis(layer, context.inputs[0].shape));
    const multiplier = fieldsOf(layer).depthMultiplier as number;
    const hidden = repeatEach(input.ids, multiplier);
    const consumes = [
      {field: 'depthwiseKernel', axis: 2, ids: input.ids},
      {field: 'pointwiseKernel', axis: 2, ids: hidden},
    ];
    return propagateLinear(context, {
      size: 'filters',
      input,
      consumes,
      kernel: 'pointwiseKernel',
      isUniform: isUniform(layer),
      edges: (read) =>
        edgesThrough(
          read(layer, 'depthwiseKernel') as Float32Array,
          shapeOf(layer, 'depthwiseKernel'),
          read(layer, 'pointwiseKernel') as Float32Array,
          shapeOf(layer, 'pointwiseKernel'),
        ),
      carriers: carriedThrough(layer),
    });
  };
}
