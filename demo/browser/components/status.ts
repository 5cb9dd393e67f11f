import {byId, count, make} from '../dom';
import type {Phase, Started, Tick} from '../protocol';

const backends = ['webgpu', 'webgl', 'wasm', 'cpu'];

/** The status: the backend, loading digits, the run, and errors. */
export class Status {
  #digits = '';
  #phase: Phase = 'idle';

  constructor() {
    byId('problem-close').addEventListener('click', () => {
      byId('problem').hidden = true;
    });
  }

  problem(text: string): void {
    byId('problem-text').textContent = text;
    byId('problem').hidden = false;
  }

  say(text: string): void {
    byId('status').textContent = text;
  }

  onBackend(choose: (backend: string) => void): void {
    const select = byId<HTMLSelectElement>('backend');
    select.replaceChildren(...backends.map((name) => make('option', {value: name}, name)));
    select.addEventListener('change', () => choose(select.value));
  }

  /** Enables choosing a backend and taking a test digit. */
  enable(backend: boolean, take: boolean): void {
    byId<HTMLSelectElement>('backend').disabled = !backend;
    byId<HTMLButtonElement>('take').disabled = !take;
  }

  onTake(take: () => void): void {
    byId('take').addEventListener('click', take);
  }

  backend(name: string, others: Started['others']): void {
    byId<HTMLSelectElement>('backend').value = name;
    byId('others').replaceChildren(
      ...others.map((other) => make('li', {}, `${other.name}: ${other.reason}`)),
    );
  }

  digits(have: number, total: number): void {
    this.#digits = `${count(have)} of ${count(total)} training digits are loaded.`;
    const progress = byId<HTMLProgressElement>('progress');
    if (this.#phase === 'idle' || this.#phase === 'waiting') {
      this.say(have < total ? this.#digits : 'Ready: all digits are loaded.');
      progress.value = have / total;
      progress.hidden = have === total;
    }
  }

  phase(phase: Phase): void {
    this.#phase = phase;
    if (phase === 'waiting') this.say(`Waiting for the digits. ${this.#digits}`);
    if (phase === 'running') this.say('Training …');
    if (phase === 'paused') this.say('Paused.');
    byId('progress').hidden = phase === 'idle';
  }

  tick({epoch, step}: Tick, epochs: number): void {
    if (this.#phase === 'running') {
      this.say(`Epoch ${Math.min(epochs, Math.floor(epoch) + 1)} of ${epochs}.`);
    }
    byId('step').textContent = `${step.toFixed(step < 10 ? 1 : 0)} ms per step of 64 digits`;
    byId<HTMLProgressElement>('progress').value = epoch / epochs;
  }
}
