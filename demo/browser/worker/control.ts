import type {Command, Phase} from '../protocol';

/** Pauses, steps by an epoch, and stops a run from outside. */
export class Control {
  #phase: Phase = 'idle';
  #stopped = false;
  #oneEpoch = false;
  #pausing = false;
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
      this.#pausing = true;
    } else {
      this.#pausing = false;
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
      if (this.#stopped) resolve();
    });
  }

  begin(phase: Phase): void {
    this.#stopped &&= this.busy;
    this.#set(phase);
  }

  end(): void {
    this.#pausing = false;
    this.#oneEpoch = false;
    this.#set('idle');
  }

  /** Call between steps: a run with a pending pause waits here, and only then counts as paused. */
  async gate(): Promise<void> {
    while (this.#pausing && !this.#stopped) {
      this.#set('paused');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Call at the end of an epoch: pauses a run that was stepped. */
  async epochEnd(): Promise<void> {
    if (this.#oneEpoch) {
      this.#oneEpoch = false;
      this.#pausing = true;
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
