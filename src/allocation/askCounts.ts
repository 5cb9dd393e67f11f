import type {Group} from '../select/group';
import {describe} from '../util/describe';
import {ask, type Role} from '../util/factory';

/**
 * The units that each group keeps by an allocation, or by a target that is a function.
 *
 * @throws unless they are whole numbers, one for each group.
 */
export function askCounts<Rest extends unknown[]>(
  who: string,
  role: Role,
  part: (groups: Group[], ...rest: Rest) => number[],
  groups: Group[],
  ...rest: Rest
): number[] {
  const counts: unknown = ask(who, role, part, groups, ...rest);
  const isWhole = Array.isArray(counts) && counts.every(Number.isInteger);
  if (!isWhole || counts.length !== groups.length) {
    throw new Error(
      `${who}: a function for the ${role} must return ${groups.length} whole numbers, the units to keep of each ` +
        `weight, got ${describe(counts)}; a factory is to be called, as global() or constant(0.5)`,
    );
  }
  return counts;
}
