import type {Weight} from '../model/weight';
import type {Group} from '../select/group';

/** A value, and the name that it was given for. */
type Given = readonly [name: string, value: number];

/**
 * The value for a group, which may be given for any of its tied weights; undefined where none is given.
 *
 * @param givenBy The value for a weight and the name that it goes by, if one is given.
 * @throws if tied weights are given different values.
 */
export function givenFor(
  who: string,
  group: Group,
  givenBy: (weight: Weight) => Given | undefined,
): number | undefined {
  const [first, ...others] = group.members
    .map(({weight}) => givenBy(weight))
    .filter((given) => given !== undefined);
  const other = others.find(([, value]) => value !== first[1]);
  if (other !== undefined) {
    throw new Error(
      `${who}: "${first[0]}" is ${first[1]} and "${other[0]}" is ${other[1]}, but their channels are tied and pruned ` +
        'together; give both the same value, or prune with groups: false',
    );
  }
  return first?.[1];
}
