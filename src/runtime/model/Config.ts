/** A value of JSON. */
export type Json = {readonly [key: string]: unknown};

/** The name of a class, an activation or a choice, which tfjs writes in several spellings. */
export const plain = (name: unknown): string => String(name).replace(/_/g, '').toLowerCase();

/** The largest length of anything in a configuration. */
const LARGEST = 2 ** 24;

/** The numbers of layers of graph models that JSON has null for. */
const texts = new Map<unknown, number>([
  ['infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
]);

/** The configuration of a saved layer; options that it leaves out have the defaults of tfjs. */
export class Config {
  readonly #json: Json;

  constructor(json: unknown) {
    this.#json = Object(json) as Json;
  }

  has(key: string): boolean {
    return this.#json[key] != null;
  }

  raw(key: string): unknown {
    return this.#json[key];
  }

  /** A finite number. */
  number(key: string, otherwise?: number): number {
    const value = this.#json[key] ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(key, 'a number');
    return value;
  }

  /** Any number; those that JSON has null for are text. */
  real(key: string, otherwise?: number): number {
    return texts.get(this.#json[key]) ?? this.number(key, otherwise);
  }

  /** A whole number of at least `least`. */
  count(key: string, otherwise?: number, least = 1): number {
    const value = this.number(key, otherwise);
    if (!isWhole(value, least)) throw this.#wrong(key, `a whole number from ${least} to ${LARGEST}`);
    return value;
  }

  /** `length` whole numbers of at least `least`; a single one stands for all. */
  counts(key: string, length: number, otherwise?: number | readonly number[], least = 1): number[] {
    const value = this.#json[key] ?? otherwise;
    const all = Array.isArray(value) ? value : Array(length).fill(value);
    if (all.length !== length || !all.every((one) => isWhole(one, least))) {
      throw this.#wrong(key, `${length} whole numbers from ${least} to ${LARGEST}`);
    }
    return all;
  }

  /** Whole numbers, also negative ones. @param unknown The number that null stands for. */
  integers(key: string, unknown?: number): number[] {
    const value = this.#json[key];
    const all = Array.isArray(value) ? value.map((one) => one ?? unknown) : [];
    if (!Array.isArray(value) || !all.every((one) => isWhole(one, -LARGEST)))
      throw this.#wrong(key, 'whole numbers');
    return all;
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.#json[key] ?? otherwise;
    if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
    return value;
  }

  /** One of several words, without underscores and capitals. */
  choice<Word extends string>(key: string, words: readonly Word[]): Word {
    const value = this.#json[key];
    const word = words.find((one) => one === (value == null ? words[0] : plain(value)));
    if (word === undefined) throw this.#wrong(key, words.join(' or '));
    return word;
  }

  #wrong(key: string, what: string): Error {
    return new Error(`${key} must be ${what}, got ${JSON.stringify(this.#json[key])}`);
  }
}

const isWhole = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST;
