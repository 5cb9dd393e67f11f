import type {Command, Phase} from '../protocol';

/** Lets a run be paused, taken on by an epoch, and stopped, from outside. */
export class Control {
  #phase: Phase = 'idle';
  #stopped = false;
  #oneEpoch = false;
  #wake: (() => void) | undefined;
  #whenStopped: (() => void) | undefined;
  readonly #tell: (phase: Phase) => void;

  constructor(tell: (phase: Phase) => void) {
    this.#tell = tell;
  }

  get busy(): boolean {
    return this.#phase !== 'idle';
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** `step` before a run makes it pause after its first epoch. */
  command(command: Command): void {
    if (!this.busy) {
      this.#oneEpoch = command === 'step';
    } else if (command === 'pause') {
      this.#set('paused');
    } else {
      this.#stopped ||= command === 'stop';
      this.#oneEpoch = command === 'step';
      this.#set('running');
      this.#wake?.();
      if (this.#stopped) {
        this.#whenStopped?.();
      }
    }
  }

  whenStopped(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenStopped = resolve;
    });
  }

  begin(phase: Phase): void {
    this.#stopped &&= this.busy;
    this.#set(phase);
  }

  end(): void {
    this.#oneEpoch = false;
    this.#set('idle');
  }

  /** Waits while the run is paused. */
  async gate(): Promise<void> {
    while (this.#phase === 'paused' && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** To be called at the end of an epoch: pauses a run that was to go on by one. */
  async epochEnd(): Promise<void> {
    if (this.#oneEpoch) {
      this.#oneEpoch = false;
      this.#set('paused');
      await this.gate();
    }
  }

  #set(phase: Phase): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#tell(phase);
    }
  }
}
