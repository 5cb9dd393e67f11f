import {assertNoArguments} from '../../util/options';
import {mixingActivation} from './activations';
import {perChannelAxes, undeclared} from './declared';
import {channelAxis} from './fields';
import {type PropagationRule, pinned} from './rule';
import {CONSTANT} from './values';

/**
 * The rule for a custom layer that computes each output channel from the input channel at the same place: activations,
 * scalings, poolings. The fields in `perChannel` of its kind have an element for each channel.
 *
 * @returns a rule, for the field `propagation` of a kind.
 * @throws if it gets an argument.
 * @example declareLayer(Swish, {propagation: passesChannels()})
 */
export function passesChannels(): PropagationRule {
  assertNoArguments('passesChannels', arguments);
  return (context) => {
    const {layer} = context;
    const [{shape}] = context.inputs;
    const [from, to] = [channelAxis(layer, shape), channelAxis(layer, context.outputs[0] ?? [])];
    if (context.outputs.length !== 1 || context.outputs[0][to] !== shape[from]) {
      return pinned('its outputs have other channels than its inputs');
    }
    if (Object.keys(context.weightsOf(layer)).length > 0) return pinned('its weights may mix its channels');
    const reason = undeclared(context) ?? mixingActivation(layer);
    if (reason !== undefined) return pinned(reason);
    const input = context.alignInput(0, from);
    return {
      outputs: [{axis: to, ids: input.ids}],
      weightAxes: perChannelAxes(layer, input.ids, 'perChannel'),
      linearMaps: [],
      // The layer is called to find its output on a constant.
      values: () => input.values.map((value) => (Number.isNaN(value) ? value : CONSTANT)),
    };
  };
}
