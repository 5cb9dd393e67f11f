import {attempt, problem} from './attempt';
import {byId} from './dom';
import {Preview} from './opening/preview';
import type {Carried, Phase, Started, WeightView} from './protocol';
import {Remote} from './remote';
import type {Settings} from './settings';

interface Asks {
  settings(): Settings;
  /** Whether the network is still the initial one. */
  isOpening(): boolean;
  /** Gets each new worker. */
  listen(remote: Remote): void;
  /** Called when commands start or end, and with the phase of a new worker. */
  changed(phase?: Phase): void;
  /** Called when a worker has started; `isInitial` is false if it has the network of the previous one. */
  started(started: Started, isInitial: boolean): Promise<void>;
}

/** The worker, and the preview that prunes until it has started. */
export class Host {
  remote!: Remote;
  /** Whether the worker accepts commands. */
  hasStarted = false;
  readonly #asks: Asks;
  /** The network that the present worker began with, if it is not the initial one. */
  #carried: Carried | undefined;
  #preview: Preview | undefined;

  constructor(asks: Asks) {
    this.#asks = asks;
  }

  /** The preview, if it knows the settings. */
  get preview(): Preview | undefined {
    return Preview.knows(this.#asks.settings()) ? this.#preview : undefined;
  }

  /** Loads the initial network into the page; `show` gets its weights. */
  async open(show: (views: WeightView[]) => void): Promise<void> {
    try {
      this.#preview = await Preview.open(base(), show);
    } catch {
      // The worker needs the same file, and reports the error.
    }
  }

  /** Starts a worker in place of the previous one, with its network. */
  async start(): Promise<void> {
    const {settings, isOpening, listen, changed, started} = this.#asks;
    // A worker that is still starting has received the last one.
    if (this.hasStarted) {
      this.#carried = isOpening() ? undefined : await attempt(null, () => this.remote.call('carry'));
    }
    const carried = this.#carried;
    (this.remote as Remote | undefined)?.end();
    this.remote = new Remote(
      (message) => problem.show(message),
      () => changed(),
    );
    listen(this.remote);
    this.hasStarted = false;
    changed('idle');
    await attempt(byId('status').parentElement, async () => {
      const answer = await this.remote.call('start', settings().backend, base(), carried);
      this.hasStarted = true;
      this.#preview = undefined;
      await started(answer, carried === undefined);
    });
  }
}

/** The address of the page's folder. */
const base = () => new URL('.', document.baseURI).href;
