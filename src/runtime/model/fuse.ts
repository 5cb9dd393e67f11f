import {Config, plain} from './Config';
import {type Call, type Graph, type LayerJson, nameOf} from './graph';
import type {Activation, Kind} from './Layer';

/** A call, and the layers after it that are computed with it. */
export interface FusedCall extends Call {
  readonly norm?: LayerJson;
  readonly activation?: Activation;
}

/**
 * Joins layers with the batch norm and the activation that alone use their outputs.
 *
 * @see Jacob et al.: Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018,
 *   section 3.2.
 */
export function fuse({calls, outputs}: Graph, kindOf: (className: string) => Kind | undefined): FusedCall[] {
  const users = new Map<string, Call[]>();
  for (const call of calls) {
    for (const {key} of call.from) {
      const known = users.get(key);
      if (known === undefined) users.set(key, [call]);
      else known.push(call);
    }
  }
  const ends = new Set(outputs.map(({key}) => key));
  const times = new Map<string, number>();
  for (const {json} of calls) times.set(nameOf(json), (times.get(nameOf(json)) ?? 0) + 1);
  const isOnce = ({json}: Call) => times.get(nameOf(json)) === 1;
  /** The only user of the output of a call. */
  const next = (call: Call): Call | undefined => {
    const [one, ...more] = users.get(call.to) ?? [];
    return one && more.length === 0 && one.from.length === 1 && !ends.has(call.to) && isOnce(one)
      ? one
      : undefined;
  };
  const gone = new Set<Call>();
  return calls.flatMap((call): FusedCall[] => {
    if (gone.has(call)) return [];
    const rank = kindOf(call.json.class_name)?.fuses;
    if (rank === undefined || !isOnce(call) || !isBare(call.json)) return [call];
    const norm = next(call);
    const hasNorm = norm !== undefined && isLastAxisNorm(norm.json, rank);
    const last = hasNorm ? norm : call;
    const after = next(last);
    const activation = after && kindOf(after.json.class_name)?.activation?.(new Config(after.json.config));
    if (hasNorm) gone.add(norm);
    if (activation !== undefined) gone.add(after as Call);
    const {to} = activation === undefined ? last : (after as Call);
    return [{...call, to, norm: hasNorm ? norm.json : undefined, activation}];
  });
}

/** Whether a layer has no activation, and its channels last. */
function isBare({config}: LayerJson): boolean {
  return (
    plain(config.activation ?? 'linear') === 'linear' && plain(config.data_format ?? '') !== 'channelsfirst'
  );
}

function isLastAxisNorm({class_name: className, config}: LayerJson, rank: number): boolean {
  const axis = [config.axis ?? -1].flat()[0];
  return className === 'BatchNormalization' && (axis === -1 || axis === rank - 1);
}
