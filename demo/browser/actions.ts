import type {Address} from './address';
import {showAnswers} from './components/answers';
import type {Form} from './components/form';
import type {Numbers} from './components/numbers';
import type {Pad} from './components/pad';
import {Problem} from './components/problem';
import type {Slider} from './components/slider';
import type {Status} from './components/status';
import type {Trail} from './components/trail';
import {byId, percent} from './dom';
import type {Format} from './formats';
import type {Preview} from './opening/preview';
import type {Command, NamedFile, Pruned, RunKind, Ways} from './protocol';
import {Ended, type Remote} from './remote';
import type {Settings} from './settings';

interface Parts {
  address: Address;
  /** The present worker. */
  remote(): Remote;
  /** What prunes before the worker has started. */
  preview(): Preview | undefined;
  slider: Slider;
  form: Form;
  status: Status;
  trail: Trail;
  pad: Pad;
  numbers: Numbers;
  /** Starts another worker with the present settings. */
  restart(): Promise<void>;
}

/** The acts of the reader. Errors are shown beside their cause. */
export class Actions {
  readonly problem = new Problem();
  /** Whether the network is still the initial one. */
  isOpening = true;
  readonly #parts: Parts;
  #testDigit = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get #remote(): Remote {
    return this.#parts.remote();
  }

  prune(sparsity: number, pixels: Float32Array | undefined): Promise<Pruned | undefined> {
    const {address} = this.#parts;
    address.change({sparsity});
    return this.attempt(section('prune'), () => {
      const preview = this.#parts.preview();
      return preview
        ? preview.prune(address.settings, pixels)
        : this.#remote.call('prune', address.settings, pixels);
    });
  }

  /** Shows the numbers that take longer than the slider, unless it has moved on. */
  async details(): Promise<void> {
    if (this.#parts.preview()) return;
    await this.attempt(section('numbers'), async () => {
      await this.#remote.call('details');
      if (this.#remote.commands.length > 0) return;
      this.#parts.numbers.setShipment(await this.#remote.call('measureModule'));
    });
  }

  ship(): Promise<Ways | undefined> {
    return this.attempt(section('numbers'), () => this.#remote.call('ship'));
  }

  async run(kind: RunKind): Promise<void> {
    const {slider, address, status} = this.#parts;
    this.isOpening = false;
    slider.cancel();
    // On a narrow page, shows the masks and the charts together.
    if (innerWidth < 900) section('masks').scrollIntoView({block: 'start'});
    await this.attempt(section('train'), async () => {
      const {ended, accuracy, denseAccuracy, sparsity} = await this.#remote.call(
        'run',
        address.settings,
        kind,
      );
      status.say(
        `${ended === 'done' ? 'Done' : 'Stopped'}: ${percent(sparsity, 2)} of the weights pruned, accuracy ` +
          `${percent(accuracy)}, dense ${percent(denseAccuracy)}.`,
      );
    });
    await this.details();
  }

  control(command: Command): Promise<void> {
    return this.attempt(section('train'), () => this.#remote.call('control', command));
  }

  async reset(): Promise<void> {
    this.#parts.slider.cancel();
    await this.#bringBack();
    await this.#parts.slider.to(0);
  }

  async #bringBack(): Promise<void> {
    await this.attempt(section('train'), () => this.#remote.call('reset'));
    this.isOpening = true;
    this.#parts.trail.clear();
    this.#parts.status.say('Ready to train.');
  }

  async load(chosen: NamedFile[]): Promise<void> {
    this.#parts.slider.cancel();
    const load = async () => {
      await this.#remote.call('load', chosen);
      return true;
    };
    if (await this.attempt(section('files'), load, 'The model was not loaded; nothing has changed')) {
      this.isOpening = false;
      this.#parts.trail.clear();
      this.#parts.status.say(
        'The model is loaded. Prune it, or set “Start from: the network on this page” and train it.',
      );
    }
  }

  async download(format: Format): Promise<NamedFile[]> {
    return (await this.attempt(section('files'), () => this.#remote.call('download', format))) ?? [];
  }

  async classify(pixels: Float32Array | undefined): Promise<void> {
    const by = () => this.#parts.preview()?.classify(pixels as Float32Array);
    const classify = async () => pixels && ((await by()) ?? this.#remote.call('classify', pixels));
    showAnswers(await this.attempt(section('try'), classify));
  }

  /** Shows the first test digit before the worker has started. */
  async preview(): Promise<void> {
    const digit = await this.attempt(section('try'), async () => this.#parts.preview()?.digit());
    if (!digit || this.#parts.pad.pixels) return;
    this.#testDigit = 1;
    this.#parts.pad.show(digit);
  }

  async take(): Promise<void> {
    const digit = await this.attempt(section('try'), () => this.#remote.call('testDigit', this.#testDigit++));
    if (digit) this.#parts.pad.show(digit);
  }

  change(change: Partial<Settings>): void {
    const {address, slider, trail} = this.#parts;
    address.change(change);
    const recipe = ['importance', 'pattern', 'allocation', 'against'].some((name) => name in change);
    if (recipe && this.isOpening) {
      trail.clear();
      slider.to(address.settings.sparsity);
    }
  }

  /** Follows another address as if it had been opened; the backend stays, unless the address names one. */
  async follow(): Promise<void> {
    const {address, form, restart} = this.#parts;
    const settings = address.opened();
    if (this.#remote.commands.some((name) => name !== 'prune' && name !== 'start')) {
      address.change({});
      return this.problem.show('Stop the run first, then follow the link.', section('train'));
    }
    const {backend} = address.settings;
    address.settings = {...settings, backend: settings.backend || backend};
    if (address.problems.length > 0) this.problem.show(address.problems.join(' '));
    form.show(address.settings);
    await (settings.backend !== '' && settings.backend !== backend ? restart() : this.#look());
  }

  /** Applies the settings of a preset, and keeps the others. */
  async choose(hash: string): Promise<void> {
    this.#parts.address.apply(hash);
    this.#parts.form.show(this.#parts.address.settings);
    await this.#look();
  }

  /** Prunes the initial network by the settings. */
  async #look(): Promise<void> {
    if (!this.isOpening) await this.#bringBack();
    this.#parts.trail.clear();
    await this.#parts.slider.to(this.#parts.address.settings.sparsity);
  }

  /** Returns the result of a call, or undefined after showing its error beside an element. */
  async attempt<Result>(
    beside: HTMLElement | null,
    act: () => Promise<Result>,
    what = '',
  ): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Ended) return undefined;
      const {message} = error as Error;
      this.problem.show(what ? `${what}: ${message}.` : message, beside ?? undefined);
      return undefined;
    }
  }
}

/** A section of the page by its class. */
function section(name: string): HTMLElement {
  return document.querySelector(`section.${name}`) ?? byId('problem');
}
