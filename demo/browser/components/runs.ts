import {byId} from '../dom';
import type {Command, Phase, RunKind} from '../protocol';

const ids = ['recover', 'reset', 'run', 'pause', 'step-epoch', 'stop'] as const;

interface Actions {
  run(kind: RunKind): void;
  control(command: Command): void;
  reset(): void;
}

/** The buttons that start, pause, step and end a run, each enabled when it applies. */
export class Runs {
  phase: Phase = 'idle';
  readonly #buttons = Object.fromEntries(ids.map((id) => [id, byId<HTMLButtonElement>(id)])) as Record<
    (typeof ids)[number],
    HTMLButtonElement
  >;

  constructor(actions: Actions) {
    const on = (id: (typeof ids)[number], act: () => void) =>
      this.#buttons[id].addEventListener('click', act);
    on('recover', () => actions.run('recover'));
    on('run', () => actions.run('train'));
    on('reset', () => actions.reset());
    on('stop', () => actions.control('stop'));
    on('pause', () => {
      // Until the current step is done.
      this.#buttons.pause.disabled = true;
      actions.control(this.phase === 'paused' ? 'resume' : 'pause');
    });
    on('step-epoch', () => {
      actions.control('step');
      if (this.phase === 'idle') actions.run('train');
    });
  }

  /** Enables the buttons for a phase of a run; `busy` means that no command can be given. */
  show(phase: Phase, busy: boolean): void {
    this.phase = phase;
    const {recover, reset, run, pause, stop} = this.#buttons;
    const idle = phase === 'idle';
    for (const button of [recover, reset, run]) button.disabled = busy;
    this.#buttons['step-epoch'].disabled = idle ? busy : phase !== 'paused';
    pause.disabled = idle || phase === 'waiting';
    pause.textContent = phase === 'paused' ? 'Resume' : 'Pause';
    stop.disabled = idle;
  }
}
