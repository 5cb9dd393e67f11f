import type {Layer} from '../../model/tfjs';
import {concat} from './elementwise';
import {fieldsOf} from './fields';
import {combined, type Flow, type Mix, type Passage, type Stream} from './rule';

/** A layer is called at every step. */
export function wrapsSteps(): Flow {
  return (at) => {
    const layer = fieldsOf(at.layer).layer as Layer;
    const inner = (stream: Stream): Stream => ({
      ...stream,
      shape: stream.shape.slice(1),
      axis: stream.axis - 1,
    });
    if (at.inputs[0].axis === 0) {
      return 'its steps are channels';
    }
    const passage = at.pass({
      ...at,
      layer,
      inputs: at.inputs.map(inner),
      outputs: at.outputs.map((shape) => shape.slice(1)),
      along: (input, axis) => inner(at.along(input, axis + 1)),
      bordered: (input, axis) => inner(at.bordered(input, axis + 1)),
    });
    if (typeof passage === 'string') {
      return passage;
    }
    const outputs = passage.outputs.map(({axis, ids}) => ({axis: axis + 1, ids}));
    return {...configured(passage, (config) => ({layer: {config}})), outputs};
  };
}

/** A recurrent layer goes through the steps in both directions, each with units of its own, but as many. */
export function wrapsBothWays(): Flow {
  return (at) => {
    const {forwardLayer, backwardLayer, mergeMode, returnState} = fieldsOf(at.layer);
    if (returnState) {
      return 'it puts out its states';
    }
    const isBoth = mergeMode === 'concat';
    const shapes = at.outputs.map((shape) =>
      isBoth ? shape.map((dim, i) => (i === shape.length - 1 ? (dim as number) / 2 : dim)) : shape,
    );
    const passages = [forwardLayer, backwardLayer].map((layer) =>
      at.pass({...at, layer: layer as Layer, outputs: shapes.slice(0, 1)}),
    );
    const reason = passages.find((passage) => typeof passage === 'string');
    if (reason !== undefined) {
      return reason;
    }
    const [forward, backward] = passages as Passage[];
    const [{axis, ids}] = forward.outputs;
    if (isBoth && axis !== shapes[0].length - 1) {
      return 'it joins its directions along an axis that is not that of their channels';
    }
    at.channels.unite(ids, backward.outputs[0].ids);
    const passage: Passage = {
      outputs:
        mergeMode == null
          ? [forward.outputs[0], backward.outputs[0]]
          : [{axis, ids: isBoth ? concat([ids, ids]) : ids}],
      slices: [...forward.slices, ...backward.slices],
      mixes: [...forward.mixes, ...backward.mixes],
      values: (read) => {
        const [one, other] = [forward.values(read), backward.values(read)];
        return isBoth
          ? Float64Array.from([...one, ...other])
          : one.map((value, i) => combined([value, other[i]]));
      },
      config: forward.config,
    };
    return configured(passage, (config) => ({layer: {config}}));
  };
}

/** What a layer says of its configuration, as its holder has it. */
function configured(passage: Passage, inHolder: (config: object) => object): Passage {
  const {config} = passage;
  return {
    ...passage,
    config: config && ((count: Parameters<typeof config>[0]) => inHolder(config(count))),
    mixes: passage.mixes.map(
      ({bias, ...mix}): Mix => ({
        ...mix,
        bias: bias && {...bias, missing: bias.missing && inHolder(bias.missing)},
      }),
    ),
  };
}
