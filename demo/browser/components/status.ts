import {byId, count, make} from '../dom';
import type {Phase, Started, Tick} from '../protocol';

const backends = ['webgpu', 'webgl', 'wasm', 'cpu'];

/** The status: the backend, loading digits, and the run. */
export class Status {
  #phase: Phase = 'idle';

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
    if (this.#phase !== 'waiting') return;
    this.say(`Loading training digits: ${count(have)} of ${count(total)} …`);
    byId<HTMLProgressElement>('progress').value = have / total;
  }

  phase(phase: Phase): void {
    this.#phase = phase;
    if (phase === 'waiting') this.say('Loading training digits …');
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
