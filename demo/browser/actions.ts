import type {Address} from './address';
import {attempt, section} from './attempt';
import {showAnswers} from './components/answers';
import type {Numbers} from './components/numbers';
import type {Pad} from './components/pad';
import type {Slider} from './components/slider';
import type {Status} from './components/status';
import type {Trail} from './components/trail';
import {percent} from './dom';
import type {Format} from './formats';
import type {Preview} from './opening/preview';
import type {Command, NamedFile, Pruned, RunKind, Ways} from './protocol';
import type {Remote} from './remote';

interface Parts {
  address: Address;
  /** The present worker. */
  remote(): Remote;
  /** What prunes before the worker has started. */
  preview(): Preview | undefined;
  slider: Slider;
  status: Status;
  trail: Trail;
  pad: Pad;
  numbers: Numbers;
}

/** The acts of the reader on the network. */
export class Actions {
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
    return attempt(section('prune'), () => {
      const preview = this.#parts.preview();
      return preview
        ? preview.prune(address.settings, pixels)
        : this.#remote.call('prune', address.settings, pixels);
    });
  }

  /** Shows the numbers that take longer than the slider, unless it has moved on. */
  async details(): Promise<void> {
    if (this.#parts.preview()) return;
    await attempt(section('numbers'), async () => {
      await this.#remote.call('details');
      if (this.#remote.commands.length > 0) return;
      this.#parts.numbers.setShipment(await this.#remote.call('measureModule'));
    });
  }

  ship(): Promise<Ways | undefined> {
    return attempt(section('numbers'), () => this.#remote.call('ship'));
  }

  async run(kind: RunKind): Promise<void> {
    const {slider, address, status} = this.#parts;
    this.isOpening = false;
    slider.cancel();
    // On a narrow page, shows the masks and the charts together.
    if (innerWidth < 900) section('masks').scrollIntoView({block: 'start'});
    await attempt(section('train'), async () => {
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
    return attempt(section('train'), () => this.#remote.call('control', command));
  }

  async reset(): Promise<void> {
    this.#parts.slider.cancel();
    await this.bringBack();
    await this.#parts.slider.to(0);
  }

  /** Restores the initial network. */
  async bringBack(): Promise<void> {
    await attempt(section('train'), () => this.#remote.call('reset'));
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
    if (await attempt(section('files'), load, 'The model was not loaded; nothing has changed')) {
      this.isOpening = false;
      this.#parts.trail.clear();
      this.#parts.status.say(
        'The model is loaded. Prune it, or set “Start from: the network on this page” and train it.',
      );
    }
  }

  async download(format: Format): Promise<NamedFile[]> {
    return (await attempt(section('files'), () => this.#remote.call('download', format))) ?? [];
  }

  async classify(pixels: Float32Array | undefined): Promise<void> {
    const by = () => this.#parts.preview()?.classify(pixels as Float32Array);
    const classify = async () => pixels && ((await by()) ?? this.#remote.call('classify', pixels));
    showAnswers(await attempt(section('try'), classify));
  }

  /** Shows the first test digit before the worker has started. */
  async preview(): Promise<void> {
    const digit = await attempt(section('try'), async () => this.#parts.preview()?.digit());
    if (!digit || this.#parts.pad.pixels) return;
    this.#testDigit = 1;
    this.#parts.pad.show(digit);
  }

  async take(): Promise<void> {
    const digit = await attempt(section('try'), () => this.#remote.call('testDigit', this.#testDigit++));
    if (digit) this.#parts.pad.show(digit);
  }
}
