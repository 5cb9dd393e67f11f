import type {Constant, Source} from './Constant';
import type {Memory} from './Memory';

/** Weights in memory, each in the forms that programs asked for. */
export class Constants {
  readonly #memory: Memory;
  #known = new Map<object, Map<string, unknown>>();
  #least = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Begins a new program. Forgets the constants of older ones when these are the larger part. */
  begin(): void {
    const {top} = this.#memory;
    if (this.#least > 0 && top > 2 * this.#least) {
      this.#known = new Map();
      this.#memory.clear();
      this.#least = 0;
    }
  }

  /** Ends the program. */
  end(): void {
    this.#least ||= this.#memory.top;
  }

  /** The result of `make` for an object and a form, called once for both. */
  once<Made>(key: object, form: string, make: () => Made): Made {
    const forms = this.#known.get(key) ?? new Map<string, unknown>();
    this.#known.set(key, forms);
    if (!forms.has(form)) forms.set(form, make());
    return forms.get(form) as Made;
  }

  /** The address of some values. */
  address(values: Float32Array, {outputs, from}: Source = {}): number {
    return this.once(values, '', () => {
      const address = this.reserve(4 * values.length);
      new Float32Array(this.#memory.buffer, address).set(values);
      this.note({address, values, outputs, from});
      return address;
    });
  }

  /** The address of as many copies of a number. */
  filled(length: number, value: number): number {
    return this.once(this, `${length} ${value}`, () => this.address(new Float32Array(length).fill(value)));
  }

  /** Reserves memory for a constant. */
  reserve(bytes: number): number {
    return this.#memory.reserve(bytes);
  }

  /** Called with each constant, for those who write it in another form. */
  note(_constant: Constant): void {}

  /** The words from an address, until more are reserved. */
  words(address: number, count?: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, count);
  }
}
