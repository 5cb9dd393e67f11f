import {Actions} from './actions';
import {Address} from './address';
import {showAnswers} from './components/answers';
import {arrive} from './components/arrival';
import {Charts} from './components/charts';
import {enableLoading, files} from './components/files';
import {Form} from './components/form';
import {Histogram} from './components/histogram';
import {Masks} from './components/masks';
import {Mistakes} from './components/mistakes';
import {Numbers} from './components/numbers';
import {Pad} from './components/pad';
import {Presets} from './components/presets';
import {showAccuracy, showKept, showSize} from './components/readings';
import {Runs} from './components/runs';
import {Shipping} from './components/shipping';
import {Slider} from './components/slider';
import {Status} from './components/status';
import {Trail} from './components/trail';
import {byId} from './dom';
import {Preview} from './opening/preview';
import {OwnSection} from './own/section';
import type {Carried, Pruned, Started, WeightView} from './protocol';
import {Remote} from './remote';
import type {Allowed} from './settings';
import {soon} from './soon';

/** The page: passes the events of its components to the worker, and those of the worker to the components. */
export class App {
  readonly #address: Address;
  readonly #status = new Status();
  readonly #trail = new Trail();
  readonly #charts = new Charts();
  readonly #numbers = new Numbers();
  readonly #histogram = new Histogram();
  readonly #masks = new Masks((weight, index) => this.#remote.call('inspect', weight, index));
  readonly #pad = new Pad((pixels) => this.#actions.classify(pixels));
  readonly #mistakes = new Mistakes((digit) => this.#pad.show(digit));
  readonly #form = new Form((change) => this.#actions.change(change));
  readonly #slider: Slider = new Slider({
    prune: (sparsity) => this.#actions.prune(sparsity, this.#pad.pixels),
    show: (pruned) => this.#show(pruned),
    rested: () => this.#actions.details(),
  });
  readonly #actions: Actions;
  readonly #runs: Runs;
  readonly #shipping: Shipping;
  readonly #own: OwnSection;
  readonly #presets = new Presets((hash) => this.#actions.choose(hash));
  #remote!: Remote;
  /** Whether the worker has started and accepts commands. */
  #started = false;
  /** The network that the present worker began with, if it is not the initial one. */
  #carried: Carried | undefined;
  /** Prunes until the worker has started. */
  #preview: Preview | undefined;

  constructor(words: Allowed) {
    this.#address = new Address(words);
    this.#actions = new Actions({
      address: this.#address,
      remote: () => this.#remote,
      preview: () => this.#preview,
      slider: this.#slider,
      form: this.#form,
      status: this.#status,
      trail: this.#trail,
      pad: this.#pad,
      numbers: this.#numbers,
      restart: () => this.start(),
    });
    const actions = this.#actions;
    this.#runs = new Runs(actions);
    this.#shipping = new Shipping(() => actions.ship());
    const beside = byId('own').closest('section');
    this.#own = new OwnSection({
      remote: () => this.#remote,
      attempt: (act) => actions.attempt(beside, act),
      problem: (message) => actions.problem.show(message, beside ?? undefined),
    });
    this.#status.onBackend((backend) => {
      actions.change({backend});
      this.start();
    });
    this.#status.onTake(() => actions.take());
    const {settings, problems} = this.#address;
    if (problems.length > 0) actions.problem.show(problems.join(' '));
    this.#form.show(settings);
    this.#slider.show(settings.sparsity);
    showAnswers(undefined);
    addEventListener('hashchange', () => actions.follow());
    addEventListener('beforeunload', (event) => {
      // The browser then asks whether to leave.
      const {commands} = this.#remote;
      if (commands.includes('run') || commands.includes('trainOwn')) event.preventDefault();
    });
  }

  /** Shows and prunes the initial network while the worker starts. */
  async open(): Promise<void> {
    const {settings} = this.#address;
    try {
      const preview = await Preview.open(base(), (views) => this.#weights(views));
      if (Preview.knows(settings)) this.#preview = preview;
    } catch {
      // The worker needs the same file, and reports the error.
    }
    if (this.#preview) {
      this.#slider.disabled = false;
      this.#actions.preview();
    }
    const started = this.start();
    if (!this.#preview) await started;
    const to = (sparsity: number) => this.#slider.to(sparsity);
    await (location.hash === '' ? arrive(to) : to(settings.sparsity));
  }

  /** Starts a worker in place of the previous one, with its network. */
  async start(): Promise<void> {
    // A worker that is still starting has received the last one.
    if (this.#started) {
      const carry = () => this.#remote.call('carry');
      this.#carried = this.#actions.isOpening ? undefined : await this.#actions.attempt(null, carry);
    }
    const carried = this.#carried;
    (this.#remote as Remote | undefined)?.end();
    this.#remote = new Remote(
      (message) => this.#actions.problem.show(message),
      () => this.#enable(),
    );
    this.#listen();
    this.#started = false;
    this.#enable('idle');
    this.#status.say('Starting …');
    await this.#actions.attempt(byId('status').parentElement, async () => {
      this.#ready(await this.#remote.call('start', this.#address.settings.backend, base(), carried));
      if (!this.#pad.pixels) await this.#actions.take();
      if (!carried) await this.#slider.again();
    });
  }

  #ready({backend, others}: Started): void {
    this.#started = true;
    this.#preview = undefined;
    this.#status.backend(backend, others);
    this.#status.say('Ready to train.');
    this.#enable();
    files(
      (format) => this.#actions.download(format),
      (chosen) => this.#actions.load(chosen),
    );
  }

  #listen(): void {
    const remote = this.#remote;
    remote.on('starting', (doing) => this.#status.say(doing));
    remote.on('digits', ({have, total}) => this.#status.digits(have, total));
    remote.on('weights', (views) => {
      // Changes from elsewhere move the slider.
      this.#weights(
        views,
        remote.commands.some((name) => name !== 'prune'),
      );
    });
    remote.on('sizes', (sizes) => {
      this.#numbers.setSizes(sizes);
      showSize(sizes.pruned.bytes, sizes.dense.bytes);
    });
    remote.on('accuracy', (accuracy) => {
      this.#numbers.setAccuracy(accuracy);
      showAccuracy(accuracy.pruned, accuracy.dense);
      this.#pad.again();
    });
    remote.on('mistakes', (mistakes) => soon('mistakes', () => this.#mistakes.show(mistakes)));
    remote.on('plan', (plan) => this.#charts.begin(plan));
    remote.on('tick', (tick) => {
      this.#charts.add(tick);
      this.#status.tick(tick, this.#address.settings.epochs);
      if (tick.accuracy !== undefined) {
        showAccuracy(tick.accuracy, tick.denseAccuracy);
        this.#numbers.setAccuracy({pruned: tick.accuracy, dense: tick.denseAccuracy ?? 0});
        this.#pad.again();
      }
    });
    remote.on('ownTick', (tick) => this.#own.tick(tick));
    remote.on('phase', (phase) => {
      this.#status.phase(phase);
      this.#enable(phase);
    });
  }

  #weights(views: WeightView[], moved = false): void {
    this.#masks.show(views);
    soon('layers', () => {
      this.#numbers.setLayers(views);
      const sparsity = showKept(views);
      if (moved) this.#slider.show(sparsity);
    });
    soon('histogram', () => this.#histogram.show(views));
  }

  #show({accuracy, sparsity, bytes, answers}: Pruned): void {
    showAccuracy(accuracy);
    if (bytes !== undefined) showSize(bytes);
    if (answers) showAnswers(answers);
    this.#trail.add(sparsity, accuracy);
  }

  /** Enables the controls for the current state: during a command, only those that act on it. */
  #enable(phase = this.#runs.phase): void {
    const {commands} = this.#remote;
    // Pruning by the slider is short, and other commands wait for it.
    const free = this.#started && commands.every((name) => name === 'prune');
    this.#slider.disabled = !free && !this.#preview;
    this.#presets.disabled = !free;
    this.#form.disabled = !free;
    this.#shipping.disabled = !free;
    this.#own.isFree = free;
    this.#runs.show(phase, !free);
    this.#status.enable(
      commands.every((name) => name === 'prune' || name === 'start'),
      this.#started,
    );
    enableLoading(free);
  }
}

/** The address of the page's folder. */
const base = () => new URL('.', document.baseURI).href;
