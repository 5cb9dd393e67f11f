import {byId} from '../dom';
import type {Remote} from '../remote';
import type {Own} from './own';
import type {OwnTick} from './protocol';

interface Asks {
  /** The present worker. */
  remote(): Remote;
  /** Shows the error of a call in this section. */
  attempt<Result>(act: () => Promise<Result>): Promise<Result | undefined>;
  problem(message: string): void;
}

/** The section for the reader's own classes, whose code is loaded by its button. */
export class OwnSection {
  readonly #asks: Asks;
  readonly #begin = byId<HTMLButtonElement>('own-begin');
  #own: Own | undefined;
  #isFree = false;

  constructor(asks: Asks) {
    this.#asks = asks;
    this.#begin.addEventListener('click', () => this.#open());
  }

  set isFree(isFree: boolean) {
    this.#isFree = isFree;
    if (this.#own) this.#own.isFree = isFree;
    this.#begin.disabled = !isFree;
  }

  tick(tick: OwnTick): void {
    this.#own?.tick(tick);
  }

  async #open(): Promise<void> {
    const {remote, attempt, problem} = this.#asks;
    this.#begin.disabled = true;
    this.#begin.textContent = 'Loading …';
    this.#own = await attempt(async () => {
      const [{Own}] = await Promise.all([import('./own'), remote().call('prepareOwn')]);
      return new Own(byId('own'), {
        train: (examples, sparsity) => attempt(() => remote().call('trainOwn', examples, sparsity)),
        stop: () => attempt(() => remote().call('stopOwn')),
        problem,
      });
    });
    this.#begin.textContent = 'Begin';
    this.isFree = this.#isFree;
  }
}
