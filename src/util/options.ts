import {serialization, Tensor} from '@tensorflow/tfjs-core';
import {describe} from './describe';

/** Throws unless `options` is an object of known keys, because a typo would silently select a default. */
export function assertOptions(who: string, options: unknown, known: readonly string[]): void {
  if (!isRecord(options)) {
    throw wrong(who, 'the options', `an object of ${known.join(', ')}`, options);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new Error(`${who}: unknown option "${unknown}"; there are ${known.join(', ')}`);
  }
}

/**
 * Throws if a function without parameters got an argument, which JavaScript would ignore.
 *
 * @param given Its `arguments`; a rest parameter would show in its declared type.
 * @param instead The end of the message.
 */
export function assertNoArguments(who: string, [given]: IArguments, instead = 'leave it out'): void {
  if (given !== undefined) throw new Error(`${who}: takes no arguments, got ${describe(given)}; ${instead}`);
}

/** Whether a value is an object of named values, such as options. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  // The base class of models, as a page that only loads graphs is without tfjs-layers.
  const isOther = [Array, Promise, Tensor, serialization.Serializable].some(
    (Class) => value instanceof Class,
  );
  return typeof value === 'object' && value !== null && !isOther;
}

/** Throws unless a value is a valid number. @param what Its description. */
export function assertNumber(
  who: string,
  name: string,
  value: unknown,
  what: string,
  isRight: (value: number) => boolean = Number.isFinite,
): asserts value is number {
  if (typeof value !== 'number' || !isRight(value)) throw wrong(who, name, what, value);
}

/** Throws unless a value is a whole number of at least `least`. */
export function assertCount(who: string, name: string, value: unknown, least = 1): asserts value is number {
  assertNumber(who, name, value, `a whole number from ${least}`, (x) => Number.isInteger(x) && x >= least);
}

/** Throws unless a value is true or false. */
export function assertFlag(who: string, name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrong(who, name, 'true or false', value);
}

/** Throws unless a value is one of `values`. */
export function assertOneOf<Value>(
  who: string,
  name: string,
  value: unknown,
  values: readonly Value[],
): asserts value is Value {
  if (!(values as readonly unknown[]).includes(value)) {
    const texts = values.map((one) => (typeof one === 'string' ? `'${one}'` : `${one}`));
    throw wrong(who, name, `${texts.slice(0, -1).join(', ')} or ${texts.slice(-1)}`, value);
  }
}

/** Throws unless a value is a tensor or a list of tensors. */
export function assertTensors(who: string, name: string, value: unknown): asserts value is Tensor | Tensor[] {
  const all = [value].flat();
  if (all.length === 0 || !all.every((one) => one instanceof Tensor))
    throw wrong(who, name, 'tensors or lists of tensors', value);
}

/** Throws unless a value is a tensor. */
export function assertTensor(who: string, name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof Tensor)) throw wrong(who, name, 'a tensor', value);
}

/** The error for an invalid argument. */
export function wrong(who: string, name: string, what: string, value: unknown): Error {
  return new Error(`${who}: ${name} must be ${what}, got ${describe(value)}`);
}
