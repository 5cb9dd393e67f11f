/**
 * Lets one call at a time use the network. Commands run in order, each to its end. Questions are answered between them, and
 * whenever a command pauses.
 */
export class Turns {
  #commands: Promise<unknown> = Promise.resolve();
  #last: Promise<void> = Promise.resolve();
  /** Ends the current turn. */
  #release = (): void => {};

  command<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#commands.then(() => this.question(act));
    this.#commands = result.catch(() => {});
    return result;
  }

  async question<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.#take();
    try {
      return await act();
    } finally {
      this.#release();
    }
  }

  /** Called by a command: answers questions until `wait` settles, then continues. */
  async pause(wait: () => Promise<void>): Promise<void> {
    this.#release();
    try {
      await wait();
    } finally {
      await this.#take();
    }
  }

  async #take(): Promise<void> {
    const before = this.#last;
    let release = () => {};
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
  }
}
