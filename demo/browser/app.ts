import {showAnswers} from './components/answers';
import {Charts} from './components/charts';
import {Cutter, showAccuracy, showLeft} from './components/cutter';
import {enableLoading, files} from './components/files';
import {Form} from './components/form';
import {Masks} from './components/masks';
import {Mistakes} from './components/mistakes';
import {Numbers} from './components/numbers';
import {Pad} from './components/pad';
import {Presets} from './components/presets';
import {Runs} from './components/runs';
import {Shipping} from './components/shipping';
import {Status} from './components/status';
import {percent} from './dom';
import type {NamedFile, RunKind, Started} from './protocol';
import {Ended, Remote} from './remote';
import {type Allowed, fromHash, type Settings, toHash} from './settings';
import {soon} from './soon';

/** The page: passes the events of its components to the worker, and those of the worker to the components. */
export class App {
  readonly #words: Allowed;
  readonly #status = new Status();
  readonly #charts = new Charts();
  readonly #numbers = new Numbers();
  readonly #masks = new Masks((weight, index) => this.#remote.call('inspect', weight, index));
  readonly #pad = new Pad((pixels) => this.#classify(pixels));
  readonly #mistakes = new Mistakes((digit) => this.#pad.show(digit));
  readonly #form = new Form((change) => this.#change(change));
  readonly #cutter = new Cutter(
    (cut) => this.#cut(cut),
    () => this.#try(() => this.#remote.call('details')),
  );
  readonly #runs = new Runs({
    run: (kind) => this.#run(kind),
    control: (command) => this.#try(() => this.#remote.call('control', command)),
    reset: () => this.#reset(),
  });
  readonly #shipping = new Shipping(() => this.#try(() => this.#remote.call('ship')));
  readonly #presets = new Presets((hash) => this.#choose(hash));
  #settings: Settings;
  #remote!: Remote;
  /** Whether the worker has started and accepts commands. */
  #started = false;
  #testDigit = 0;
  /** Whether the network is still the initial one. */
  #opening = true;

  constructor(words: Allowed) {
    this.#words = words;
    const {settings, problems} = fromHash(location.hash, words);
    this.#settings = settings;
    if (problems.length > 0) this.#status.problem(problems.join(' '));
    this.#status.onBackend((backend) => {
      this.#change({backend});
      this.start();
    });
    this.#status.onTake(() => this.#take());
    this.#form.show(settings);
    this.#cutter.show(settings.cut);
    showAnswers(undefined);
    addEventListener('hashchange', () => this.#follow());
    addEventListener('beforeunload', (event) => {
      // The browser then asks whether to leave.
      if (this.#remote.commands.includes('run')) event.preventDefault();
    });
  }

  /** Starts a worker in place of the previous one. */
  async start(): Promise<void> {
    (this.#remote as Remote | undefined)?.end();
    this.#remote = new Remote(
      (message) => this.#status.problem(message),
      () => this.#enable(),
    );
    this.#listen();
    this.#started = false;
    this.#enable('idle');
    this.#status.say('Starting …');
    const base = new URL('.', document.baseURI).href;
    await this.#try(async () => {
      const started = await this.#remote.call('start', this.#settings.backend, base);
      this.#started = true;
      this.#opening = true;
      this.#ready(started);
      // Concurrently: an importance may need digits before it can cut.
      await Promise.all([this.#cutter.to(this.#settings.cut), this.#remote.call('loadDigits')]);
    });
  }

  #ready({backend, others, formats}: Started): void {
    this.#status.backend(backend, others);
    this.#status.say('Ready.');
    this.#enable();
    files(
      formats,
      async (format) => (await this.#try(() => this.#remote.call('download', format))) ?? [],
      (chosen) => this.#load(chosen),
    );
  }

  #listen(): void {
    const remote = this.#remote;
    remote.on('digits', ({have, total}) => this.#status.digits(have, total));
    remote.on('weights', (views) => {
      this.#masks.show(views);
      // Changes from elsewhere move the slider.
      const moved = this.#remote.commands.some((name) => name === 'load' || name === 'run');
      soon('layers', () => {
        this.#numbers.setLayers(views);
        const cut = showLeft(views);
        if (moved) this.#cutter.show(cut);
      });
    });
    remote.on('sizes', (sizes) => this.#numbers.setSizes(sizes));
    remote.on('accuracy', (accuracy) => {
      this.#numbers.setAccuracy(accuracy);
      showAccuracy(accuracy.pruned);
      this.#pad.again();
    });
    remote.on('mistakes', (mistakes) => soon('mistakes', () => this.#mistakes.show(mistakes)));
    remote.on('plan', (plan) => this.#charts.begin(plan));
    remote.on('tick', (tick) => {
      this.#charts.add(tick);
      this.#status.tick(tick, this.#settings.epochs);
      if (tick.accuracy !== undefined) {
        showAccuracy(tick.accuracy);
        this.#numbers.setAccuracy({pruned: tick.accuracy, dense: tick.denseAccuracy ?? 0});
        this.#pad.again();
      }
    });
    remote.on('phase', (phase) => {
      this.#status.phase(phase);
      this.#enable(phase);
    });
  }

  async #cut(share: number) {
    this.#change({cut: share});
    return this.#try(() => this.#remote.call('cut', this.#settings));
  }

  async #run(kind: RunKind): Promise<void> {
    this.#opening = false;
    await this.#try(async () => {
      const {ended, accuracy, denseAccuracy, sparsity} = await this.#remote.call('run', this.#settings, kind);
      this.#status.say(
        `${ended === 'done' ? 'Done' : 'Stopped'}: ${percent(sparsity, 2)} of the weights pruned, ${percent(accuracy, 2)} of ` +
          `all test digits classified correctly, dense ${percent(denseAccuracy, 2)}.`,
      );
    });
  }

  async #reset(): Promise<void> {
    await this.#bringBack();
    await this.#cutter.to(0);
  }

  async #bringBack(): Promise<void> {
    await this.#try(() => this.#remote.call('reset'));
    this.#opening = true;
    this.#status.say('Ready.');
  }

  async #load(chosen: NamedFile[]): Promise<void> {
    const loaded = await this.#try(async () => {
      await this.#remote.call('load', chosen);
      return true;
    }, 'The model was not loaded; nothing has changed');
    if (loaded) {
      this.#opening = false;
      this.#status.say(
        'The model is loaded. Prune it, or continue training with “Start from: the network on this page”.',
      );
    }
  }

  async #classify(pixels: Float32Array | undefined): Promise<void> {
    showAnswers(pixels && (await this.#try(() => this.#remote.call('classify', pixels))));
  }

  async #take(): Promise<void> {
    const digit = await this.#try(() => this.#remote.call('testDigit', this.#testDigit++));
    if (digit) this.#pad.show(digit);
  }

  /** Applies settings, and writes them into the address. */
  #set(settings: Settings): void {
    this.#settings = settings;
    history.replaceState(null, '', toHash(settings) || location.pathname + location.search);
  }

  #change(change: Partial<Settings>): void {
    this.#set({...this.#settings, ...change});
    const recuts = ['importance', 'pattern', 'allocation', 'against'].some((name) => name in change);
    if (recuts && this.#opening) this.#cutter.to(this.#settings.cut);
  }

  /** Follows another address as if it had been opened; the backend stays, unless the address names one. */
  async #follow(): Promise<void> {
    const {settings, problems} = fromHash(location.hash, this.#words);
    if (this.#remote.commands.some((name) => name !== 'cut' && name !== 'start')) {
      this.#set(this.#settings);
      return this.#status.problem('Stop the run first, then follow the link.');
    }
    const {backend} = this.#settings;
    const restart = settings.backend !== '' && settings.backend !== backend;
    this.#set({...settings, backend: settings.backend || backend});
    if (problems.length > 0) this.#status.problem(problems.join(' '));
    this.#form.show(this.#settings);
    await (restart ? this.start() : this.#look());
  }

  /** Applies the settings of a preset, and keeps the others. */
  async #choose(hash: string): Promise<void> {
    this.#set(fromHash(hash, this.#words, this.#settings).settings);
    this.#form.show(this.#settings);
    await this.#look();
  }

  /** Cuts the initial network by the settings. */
  async #look(): Promise<void> {
    if (!this.#opening) await this.#bringBack();
    await this.#cutter.to(this.#settings.cut);
  }

  /** Enables the controls for the current state: during a command, only those that act on it. */
  #enable(phase = this.#runs.phase): void {
    const {commands} = this.#remote;
    const busy = !this.#started || commands.length > 0;
    // The slider and other settings of cuts stay enabled: a cut waits for the previous one.
    const cuts = this.#started && commands.every((name) => name === 'cut');
    this.#cutter.disabled = !cuts;
    this.#presets.disabled = !cuts;
    this.#form.disabled = !cuts;
    this.#shipping.disabled = busy;
    this.#runs.show(phase, busy);
    this.#status.enable(
      commands.every((name) => name === 'cut' || name === 'start'),
      this.#started,
    );
    enableLoading(!busy);
  }

  /** Returns the result of a call, or undefined after showing its error. */
  async #try<Result>(act: () => Promise<Result>, what = ''): Promise<Result | undefined> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Ended) return undefined;
      const {message} = error as Error;
      this.#status.problem(what ? `${what}: ${message}.` : message);
      return undefined;
    }
  }
}
