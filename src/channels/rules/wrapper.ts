import type {LayersModel} from '@tensorflow/tfjs-layers';
import {builtInName} from '../../model/builtIn';
import type {CallNode, Layer} from '../../model/tfjs';
import {isContainer} from '../../model/tree';
import {concat} from './elementwise';
import {fieldsOf} from './fields';
import type {LinearMap} from './linearMap';
import {type ChannelTensor, type Propagation, type PropagationRule, pinned} from './rule';
import {combined, withoutBorder} from './values';

/** The rule for TimeDistributed, which calls a layer at every step. */
export function timeDistributed(): PropagationRule {
  return (context) => {
    const layer = fieldsOf(context.layer).layer as Layer;
    const inner = (tensor: ChannelTensor): ChannelTensor => ({
      ...tensor,
      shape: tensor.shape.slice(1),
      axis: tensor.axis - 1,
    });
    if (context.inputs[0].axis === 0) {
      return pinned('its steps are channels');
    }
    const propagation = context.propagate({
      ...context,
      layer,
      inputs: context.inputs.map(inner),
      outputs: context.outputs.map((shape) => shape.slice(1)),
      alignInput: (input, axis) => inner(context.alignInput(input, axis + 1)),
      alignBorderedInput: (input, axis) => inner(context.alignBorderedInput(input, axis + 1)),
    });
    if (propagation.pinned !== undefined) {
      return propagation;
    }
    const outputs = propagation.outputs.map(({axis, ids}) => ({axis: axis + 1, ids}));
    return {...inHolderConfig(propagation, (config) => ({layer: {config}})), outputs};
  };
}

/** The model that a call of TimeDistributed calls at each step; undefined for other layers. */
export function modelPerStep({outboundLayer, callArgs = {}}: CallNode): LayersModel | undefined {
  const {layer} = fieldsOf(outboundLayer);
  const isPlain = builtInName(outboundLayer) === 'TimeDistributed' && Object.keys(callArgs).length === 0;
  return isPlain && layer !== undefined && isContainer(layer) ? layer : undefined;
}

/** The propagation for a tensor that TimeDistributed slices by steps (−1), or stacks (1). */
export function convertSteps(tensor: ChannelTensor, stepAxis: -1 | 1): Propagation {
  const {ids, values} = withoutBorder(tensor);
  const axis = tensor.axis + stepAxis;
  if (axis < 0) return pinned('its steps are channels');
  return {outputs: [{axis, ids}], weightAxes: [], linearMaps: [], values: () => values.slice()};
}

/** The rule for Bidirectional. Both directions have the same number of units, which are tied in pairs. */
export function bidirectional(): PropagationRule {
  return (context) => {
    const {forwardLayer, backwardLayer, mergeMode, returnState} = fieldsOf(context.layer);
    if (returnState) {
      return pinned('it outputs its states');
    }
    const isBoth = mergeMode === 'concat';
    const shapes = context.outputs.map((shape) =>
      isBoth ? shape.map((dim, i) => (i === shape.length - 1 ? (dim as number) / 2 : dim)) : shape,
    );
    const propagations = [forwardLayer, backwardLayer].map((layer) =>
      context.propagate({...context, layer: layer as Layer, outputs: shapes.slice(0, 1)}),
    );
    const unknown = propagations.find((propagation) => propagation.pinned !== undefined);
    if (unknown !== undefined) {
      return unknown;
    }
    const [forward, backward] = propagations;
    const [{axis, ids}] = forward.outputs;
    if (isBoth && axis !== shapes[0].length - 1) {
      return pinned('it joins its directions along an axis that is not that of their channels');
    }
    context.channels.unite(ids, backward.outputs[0].ids);
    const propagation: Propagation = {
      outputs:
        mergeMode == null
          ? [forward.outputs[0], backward.outputs[0]]
          : [{axis, ids: isBoth ? concat([ids, ids]) : ids}],
      weightAxes: [...forward.weightAxes, ...backward.weightAxes],
      linearMaps: [...forward.linearMaps, ...backward.linearMaps],
      values: (read) => {
        const [one, other] = [forward.values(read), backward.values(read)];
        return isBoth
          ? Float64Array.from([...one, ...other])
          : one.map((value, i) => combined([value, other[i]]));
      },
      config: forward.config,
    };
    return inHolderConfig(propagation, (config) => ({layer: {config}}));
  };
}

/** An inner layer's propagation, with the entries of its configuration where its wrapper has them. */
function inHolderConfig(propagation: Propagation, inHolder: (config: object) => object): Propagation {
  const {config} = propagation;
  return {
    ...propagation,
    config: config && ((count: Parameters<typeof config>[0]) => inHolder(config(count))),
    linearMaps: propagation.linearMaps.map(
      ({bias, ...linearMap}): LinearMap => ({
        ...linearMap,
        bias: bias && {...bias, missing: bias.missing && inHolder(bias.missing)},
      }),
    ),
  };
}
