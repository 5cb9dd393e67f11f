import {tidy} from '@tensorflow/tfjs-core';
import {describe} from './describe';

/** The arguments that are functions, and what each has to be. */
const roles = {
  importance: 'a function that scores the elements of a weight, as magnitude()',
  pattern: 'a function that numbers the units of a weight, as channel()',
  allocation: 'a function of candidates and a sparsity, as global()',
  schedule: 'a function of progress, as polynomial({to: 0.9})',
  penalty: 'a function, as l1()',
  strength: 'a number from 0 or a schedule of such',
  where: 'a function or a list of layer names',
  sparsity: 'a number in [0, 1), the share to prune, {keep: n} or a threshold()',
} as const;

export type Role = keyof typeof roles;

type Part = (...args: never[]) => unknown;

/**
 * The error for an argument that is not what its role asks for.
 *
 * @param got The argument as a message names it.
 */
export function misfit(who: string, role: Role, got: string): Error {
  return new Error(`${who}: ${role} must be ${roles[role]}, got ${got}`);
}

/** Throws unless an argument is a function, and not one of the factories that need no arguments, uncalled. */
export function assertPart(who: string, role: Role, part: unknown): void {
  if (typeof part !== 'function') {
    throw misfit(who, role, describe(part));
  }
  if ('isTarget' in part) {
    const place = role === 'schedule' ? 'give () => threshold(…)' : 'give it in place of the sparsity';
    throw misfit(who, role, `a threshold(), which is a target; ${place}`);
  }
  if (makesFunctions(part as Part)) {
    throw uncalled(who, role, part as Part);
  }
}

/**
 * Calls a part of a recipe that returns anything but a function, as an uncalled factory does.
 *
 * @throws what the part throws, or the error that it is an uncalled factory.
 */
export function ask<Args extends unknown[], Result>(
  who: string,
  role: Role,
  part: (...args: Args) => Result,
  ...args: Args
): Result {
  const result = attempt(who, role, part, ...args);
  if (typeof result === 'function') {
    throw uncalled(who, role, part);
  }
  return result;
}

/** As `ask`, for a part that may return a function, as a schedule of thresholds. */
export function attempt<Args extends unknown[], Result>(
  who: string,
  role: Role,
  part: (...args: Args) => Result,
  ...args: Args
): Result {
  try {
    return part(...args);
  } catch (error) {
    // A factory complains in its own name about arguments that are meant for its product.
    const {name} = part;
    const isFactory = name !== '' && error instanceof Error && error.message.startsWith(`${name}:`);
    throw isFactory ? uncalled(who, role, part) : error;
  }
}

/** Whether a function makes functions without being given anything. Only declared functions are tried, as factories are. */
function makesFunctions(part: Part): boolean {
  if (part.length > 0 || !Object.hasOwn(part, 'prototype')) {
    return false;
  }
  let made: unknown;
  try {
    tidy(() => {
      made = part();
    });
  } catch {
    return false;
  }
  return typeof made === 'function';
}

function uncalled(who: string, role: Role, {name, length}: Part): Error {
  return misfit(who, role, `the function ${name}; call it, as ${name}(${length > 0 ? '…' : ''})`);
}
