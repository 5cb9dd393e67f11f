import type {Command, Phase} from '../protocol';

/** Lets a run be paused, taken on by an epoch, and stopped, from outside. */
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

  /** To be called between steps: a run that was told to pause does so here, and only then is called paused. */
  async gate(): Promise<void> {
    while (this.#pausing && !this.#stopped) {
      this.#set('paused');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** To be called at the end of an epoch: pauses a run that was to go on by one. */
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
