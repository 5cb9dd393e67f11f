import {channelwise} from '../../channels/rules/perChannel';
import {type CallContext, type PropagationRule, pinned} from '../../channels/rules/rule';
import {CONSTANT} from '../../channels/rules/values';

/** The configuration of the layer in a call. */
export const configOf = <Config>({layer}: CallContext): Config => layer.getConfig() as Config;

/** The rule for functions of each element. */
export const ofElements: PropagationRule = (context) => {
  const [{axis}] = context.inputs;
  return channelwise(context.alignInput(0, axis), axis, CONSTANT);
};

/**
 * The rule for ops that work along some dimensions and leave the channels along another one alone.
 *
 * @param axesOf Those dimensions, with the batch as 0, by the configuration of the layer.
 * @param isRemoved Whether the output lacks them.
 * @param isMove Whether it only moves numbers, so that a constant channel stays the same.
 */
export function besides<Config>(
  axesOf: (config: Config) => readonly number[],
  isRemoved?: (config: Config) => boolean,
  isMove?: boolean,
): PropagationRule {
  return (context) => {
    const [{axis}] = context.inputs;
    const config = configOf<Config>(context);
    const axes = axesOf(config);
    if (axes.includes(axis + 1)) return pinned('it works along its channels');
    const removed = isRemoved?.(config) ? axes.filter((one) => one <= axis).length : 0;
    const input = context.alignInput(0, axis);
    const rule = channelwise(input, axis - removed);
    return isMove ? {...rule, values: () => input.values.slice()} : rule;
  };
}
