import type {Digits} from '../readDigits';
import {Reader} from './evaluate';
import type {Network} from './network';
import type {Tell} from './parts';
import type {Traces} from './recipe';
import {sizesOf} from './sizes';

const SHOWN_MISTAKES = 24;
/** The minimum interval of weight updates in a run, in milliseconds. */
const SHOW_EVERY = 300;

/** The network on the page, its tests, and what the page shows of it. */
export class Stage {
  readonly #tell: Tell;
  readonly #traces: Traces;
  #present: Network | undefined;
  #reader!: Reader;
  #lastShown = 0;

  constructor(tell: Tell, traces: Traces) {
    this.#tell = tell;
    this.#traces = traces;
  }

  get network(): Network {
    if (!this.#present) {
      throw new Error(
        'There is no network, as the page did not start. Choose another backend, or reload the page.',
      );
    }
    return this.#present;
  }

  /** Measures every accuracy on these digits. */
  test(digits: Digits): void {
    this.#reader = new Reader(digits);
  }

  /** Replaces the network of the page; the old one is disposed only if the new one works. */
  async take(network: Network, isShown = true): Promise<void> {
    try {
      await this.#reader.accuracy(network.dense);
    } catch (error) {
      network.dispose();
      throw error;
    }
    this.#present?.dispose();
    this.#present = network;
    this.#traces.clear();
    await this.#traces.note(network.pruned);
    if (isShown) await this.showAll();
  }

  /** The accuracy of the pruned network. */
  accuracy(): Promise<number> {
    return this.#reader.accuracy(this.network.pruned);
  }

  /** Tests both networks, and shows the mistakes. */
  async accuracies(): Promise<{accuracy: number; denseAccuracy: number}> {
    const answers = await this.#reader.answers(this.network.pruned);
    const denseAccuracy = await this.#reader.accuracy(this.network.dense);
    this.#tell('mistakes', this.#reader.mistakes(answers, SHOWN_MISTAKES));
    return {accuracy: this.#reader.share(answers), denseAccuracy};
  }

  /** Shows the weights. */
  async show(): Promise<void> {
    this.#tell('weights', await this.network.views());
    this.#lastShown = performance.now();
  }

  async showNowAndThen(): Promise<void> {
    if (performance.now() - this.#lastShown > SHOW_EVERY) {
      await this.show();
    }
  }

  async showAll(): Promise<void> {
    await this.show();
    await this.details();
  }

  /** Shows the sizes, the accuracies and the mistakes of both networks. */
  async details(): Promise<void> {
    const {accuracy, denseAccuracy} = await this.accuracies();
    this.#tell('accuracy', {pruned: accuracy, dense: denseAccuracy});
    this.#tell('sizes', await sizesOf(this.network.pruned));
  }
}
