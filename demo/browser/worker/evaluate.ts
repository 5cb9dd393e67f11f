import {type Tensor, type Tensor4D, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {Mistake} from '../protocol';
import type {Digits} from '../readDigits';
import {CLASSES, SIZE} from '../shards';
import {examples} from './digits';

/** The batch size of predictions. */
const CHUNK = 1000;

/** Classifies digits by the highest probability. */
export class Reader {
  readonly #digits: Digits;
  /** The first chunk stays on the device, as it is used most often. */
  #first: Tensor4D | undefined;

  constructor(digits: Digits) {
    this.#digits = digits;
  }

  async answers(model: LayersModel): Promise<Uint8Array> {
    const count = this.#digits.labels.length;
    const answers = new Uint8Array(count);
    for (let from = 0; from < count; from += CHUNK) {
      const x = from === 0 && this.#first ? this.#first : this.#chunk(from);
      answers.set(highest(await probabilities(model, x)), from);
      if (from === 0) this.#first = x;
      else x.dispose();
    }
    return answers;
  }

  async accuracy(model: LayersModel): Promise<number> {
    return this.share(await this.answers(model));
  }

  /** The accuracy. */
  share(answers: Uint8Array): number {
    const right = answers.reduce((sum, answer, i) => sum + +(answer === this.#digits.labels[i]), 0);
    return right / answers.length;
  }

  /** The first mistakes, and their total number. */
  mistakes(answers: Uint8Array, most: number): {count: number; of: number; digits: Mistake[]} {
    const {labels, pixels} = this.#digits;
    const wrong = [...answers.keys()].filter((i) => answers[i] !== labels[i]);
    const digits = wrong.slice(0, most).map((i) => ({
      label: labels[i],
      read: answers[i],
      pixels: pixels.slice(i * SIZE, (i + 1) * SIZE),
    }));
    return {count: wrong.length, of: answers.length, digits};
  }

  dispose(): void {
    this.#first?.dispose();
  }

  #chunk(from: number): Tensor4D {
    const length = Math.min(CHUNK, this.#digits.labels.length - from);
    const {x, y} = examples(
      this.#digits,
      Array.from({length}, (_, i) => from + i),
    );
    y.dispose();
    return x;
  }
}

/** The class probabilities of each digit, concatenated. */
export async function probabilities(model: LayersModel, x: Tensor4D): Promise<Float32Array> {
  const output = tidy(() => model.predictOnBatch(x) as Tensor);
  const values = (await output.data()) as Float32Array;
  output.dispose();
  return values;
}

function highest(values: Float32Array): Uint8Array {
  return Uint8Array.from({length: values.length / CLASSES}, (_, i) => {
    const row = values.subarray(i * CLASSES, (i + 1) * CLASSES);
    return row.indexOf(Math.max(...row));
  });
}
