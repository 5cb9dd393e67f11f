import {tidy} from '@tensorflow/tfjs-core';
import {describe} from './describe';

/** The roles of functions in arguments, with their descriptions for errors. */
const roles = {
  importance: 'a function that scores the elements of a weight, as magnitude()',
  pattern: 'a function that numbers the units of a weight, as channel()',
  allocation: 'a function of groups and a sparsity, as global()',
  schedule: 'a function of progress, as polynomial({to: 0.9})',
  penalty: 'a function, as l1()',
  strength: 'a number from 0 or a schedule of such',
  where: 'a function or a list of layer names',
  sparsity: 'a number in [0, 1), the share to prune, {keep: n} or a threshold()',
  normalize: 'a function or one of none, l2, lamp',
  propagation: 'a rule for a call, as mixesChannels()',
} as const;

export type Role = keyof typeof roles;

type Part = (...args: never[]) => unknown;

/**
 * The error for an argument that does not fit its role.
 *
 * @param got A description of the argument.
 */
export function misfit(who: string, role: Role, got: string, cause?: unknown): Error {
  return new Error(`${who}: ${role} must be ${roles[role]}, got ${got}`, cause === undefined ? {} : {cause});
}

/** Throws unless an argument is a function, and not a factory without required arguments that was not called. */
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
 * Calls a part of a recipe that returns anything but a function, as a factory that was not called does.
 *
 * @throws the error of the part, or that it is a factory that was not called.
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

/** As `ask`, for a part that may return a function, such as a schedule of thresholds. */
export function attempt<Args extends unknown[], Result>(
  who: string,
  role: Role,
  part: (...args: Args) => Result,
  ...args: Args
): Result {
  try {
    return RETURNS_TENSORS.includes(role) ? part(...args) : withoutTensors(() => part(...args));
  } catch (error) {
    const {name} = part;
    const {message} = error as Error;
    // A factory throws in its own name for the arguments of its product.
    if (name !== '' && error instanceof Error && message.startsWith(`${name}:`))
      throw uncalled(who, role, part);
    // A part in another's role gets arguments that it cannot use.
    if (isOfArguments(error)) throw misfit(who, role, `${describe(part)} that throws "${message}"`, error);
    throw error;
  }
}

/** The roles whose functions return tensors, and run inside a tf.tidy. */
const RETURNS_TENSORS: readonly Role[] = ['importance', 'penalty'];

/** Calls a function and disposes the tensors that it makes, including a result that should not be one. */
function withoutTensors<Result>(compute: () => Result): Result {
  let result: Result | undefined;
  tidy(() => {
    result = compute();
  });
  return result as Result;
}

/** Whether JavaScript or tfjs throws such an error for arguments of wrong types. */
function isOfArguments(error: unknown): boolean {
  const {name, message} = Object(error) as Partial<Error>;
  return name === 'TypeError' || /^(Argument '|The args passed in)/.test(message ?? '');
}

/** Whether a function returns a function when called without arguments. Tries only declared functions, as factories are. */
function makesFunctions(part: Part): boolean {
  if (part.length > 0 || !Object.hasOwn(part, 'prototype')) {
    return false;
  }
  try {
    return typeof withoutTensors(part as () => unknown) === 'function';
  } catch {
    return false;
  }
}

function uncalled(who: string, role: Role, {name, length}: Part): Error {
  return misfit(who, role, `the function ${name}; call it, as ${name}(${length > 0 ? '…' : ''})`);
}
