import {nonzeroAlong} from './edges';
import {shapeOf} from './fields';
import type {PropagationRule} from './rule';

/** The rule for embeddings, whose outputs are columns in a table indexed by the inputs. */
export function embedding(): PropagationRule {
  return (context) => {
    const {layer, channels} = context;
    channels.pin(context.inputs[0].ids, `${layer.name} looks them up`);
    const ids = channels.fresh((context.outputs[0].at(-1) as number) ?? 0);
    return {
      outputs: [{axis: context.outputs[0].length - 1, ids}],
      weightAxes: [{owner: layer, field: 'embeddings', axis: 1, ids, role: 'produces'}],
      linearMaps: [],
      values: (read) =>
        Float64Array.from(
          nonzeroAlong(read(layer, 'embeddings') as Float32Array, shapeOf(layer, 'embeddings'), 1),
          (one) => (one ? Number.NaN : 0),
        ),
      config: (count) => ({output_dim: count(ids)}),
    };
  };
}
