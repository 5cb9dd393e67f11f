import type {Actions} from './actions';
import type {Address} from './address';
import {problem, section} from './attempt';
import type {Form} from './components/form';
import type {Slider} from './components/slider';
import type {Trail} from './components/trail';
import type {Remote} from './remote';
import type {Settings} from './settings';

interface Parts {
  actions: Actions;
  address: Address;
  form: Form;
  slider: Slider;
  trail: Trail;
  /** The present worker. */
  remote(): Remote;
  /** Starts another worker with the present settings. */
  restart(): Promise<void>;
}

/** Changes of settings by the form, links and presets. */
export class Changes {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  change(change: Partial<Settings>): void {
    const {actions, address, slider, trail} = this.#parts;
    address.change(change);
    const recipe = ['importance', 'pattern', 'allocation', 'against'].some((name) => name in change);
    if (recipe && actions.isOpening) {
      trail.clear();
      slider.to(address.settings.sparsity);
    }
  }

  /** Follows another address as if it had been opened; the backend stays, unless the address names one. */
  async follow(): Promise<void> {
    const {address, form, remote, restart} = this.#parts;
    const settings = address.opened();
    if (remote().commands.some((name) => name !== 'prune' && name !== 'start')) {
      address.change({});
      return problem.show('Stop the run first, then follow the link.', section('train'));
    }
    const {backend} = address.settings;
    address.settings = {...settings, backend: settings.backend || backend};
    if (address.problems.length > 0) problem.show(address.problems.join(' '));
    form.show(address.settings);
    await (settings.backend !== '' && settings.backend !== backend ? restart() : this.#look());
  }

  /** Applies the settings of a preset, and keeps the others. */
  async choose(hash: string): Promise<void> {
    const {address, form} = this.#parts;
    address.apply(hash);
    form.show(address.settings);
    await this.#look();
  }

  /** Prunes the initial network by the settings. */
  async #look(): Promise<void> {
    const {actions, address, slider, trail} = this.#parts;
    if (!actions.isOpening) await actions.bringBack();
    trail.clear();
    await slider.to(address.settings.sparsity);
  }
}
