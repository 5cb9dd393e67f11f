import type {io} from '@tensorflow/tfjs-core';
import {decodeArtifacts} from '../../../src/storage/decodeArtifacts';
import type {Answers, Pruned, WeightView} from '../protocol';
import {readDigits} from '../readDigits';
import {defaults, type Settings} from '../settings';
import {SIZE, testDigits} from '../shards';
import {Kernels} from './kernels';
import file from './opening.tfsp?url';

/** The settings of the method that the preview knows. */
const method = ['importance', 'pattern', 'allocation', 'against'] as const;

type Show = (views: WeightView[]) => void;

/**
 * The initial network while TensorFlow.js loads: pruned by magnitude on typed arrays, and computed by the runtime of this
 * library.
 */
export class Preview {
  readonly #kernels: Kernels;
  readonly #show: Show;
  readonly #tools: ReturnType<typeof tools>;

  /** `show` gets the weights whenever they change. */
  static async open(base: string, show: Show): Promise<Preview> {
    const answer = await fetch(new URL(file, base));
    if (!answer.ok) throw new Error(`The network could not be loaded (${answer.status}).`);
    return new Preview(await decodeArtifacts(await answer.arrayBuffer()), base, show);
  }

  private constructor(artifacts: io.ModelArtifacts, base: string, show: Show) {
    this.#kernels = new Kernels(artifacts);
    this.#show = show;
    this.#tools = tools(artifacts, base);
    // Reported by the first call.
    this.#tools.catch(() => {});
    show(this.#kernels.pruned(0).views);
  }

  /** Whether it can prune by these settings. */
  static knows(settings: Settings): boolean {
    return method.every((name) => settings[name] === defaults[name]);
  }

  async prune({sparsity}: Settings, pixels?: Float32Array): Promise<Pruned> {
    const started = performance.now();
    const {views, data} = this.#kernels.pruned(sparsity / 100);
    this.#show(views);
    const {quick, digits} = await this.#tools;
    await quick.take(data);
    return {
      accuracy: await quick.accuracy(digits),
      sparsity: sparsity / 100,
      milliseconds: performance.now() - started,
      answers: pixels && quick.answers(pixels),
    };
  }

  async classify(pixels: Float32Array): Promise<Answers> {
    return (await this.#tools).quick.answers(pixels);
  }

  /** The first test digit. */
  async digit(): Promise<Uint8Array> {
    return (await this.#tools).digits.pixels.slice(0, SIZE);
  }
}

async function tools(artifacts: io.ModelArtifacts, base: string) {
  const [{Quick}, digits] = await Promise.all([import('./quick'), readDigits(base, testDigits)]);
  return {quick: await Quick.start(artifacts), digits};
}
