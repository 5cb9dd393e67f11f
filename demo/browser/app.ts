import {Actions} from './actions';
import {Address} from './address';
import {attempt, problem, section} from './attempt';
import {Changes} from './changes';
import {showAnswers} from './components/answers';
import {arrive} from './components/arrival';
import {files} from './components/files';
import {Form} from './components/form';
import {Pad} from './components/pad';
import {Presets} from './components/presets';
import {Runs} from './components/runs';
import {Shipping} from './components/shipping';
import {Slider} from './components/slider';
import {enableControls} from './controls';
import {byId} from './dom';
import {Preview} from './opening/preview';
import {Outputs} from './outputs';
import {OwnSection} from './own/section';
import type {Carried, Started} from './protocol';
import {Remote} from './remote';
import type {Allowed} from './settings';

/** The page: passes the events of its components to the worker, and those of the worker to the components. */
export class App {
  readonly #address: Address;
  readonly #pad = new Pad((pixels) => this.#actions.classify(pixels));
  readonly #form = new Form((change) => this.#changes.change(change));
  readonly #slider: Slider = new Slider({
    prune: (sparsity) => this.#actions.prune(sparsity, this.#pad.pixels),
    show: (pruned) => this.#outputs.pruned(pruned),
    rested: () => this.#actions.details(),
  });
  readonly #outputs: Outputs;
  readonly #actions: Actions;
  readonly #changes: Changes;
  readonly #runs: Runs;
  readonly #shipping: Shipping;
  readonly #own: OwnSection;
  readonly #presets = new Presets((hash) => this.#changes.choose(hash));
  #remote!: Remote;
  /** Whether the worker has started and accepts commands. */
  #started = false;
  /** The network that the present worker began with, if it is not the initial one. */
  #carried: Carried | undefined;
  /** Prunes until the worker has started. */
  #preview: Preview | undefined;

  constructor(words: Allowed) {
    this.#address = new Address(words);
    const [address, slider, form, pad] = [this.#address, this.#slider, this.#form, this.#pad];
    const remote = () => this.#remote;
    this.#outputs = new Outputs({
      pad,
      slider,
      epochs: () => address.settings.epochs,
      inspect: (weight, index) => remote().call('inspect', weight, index),
    });
    const {status} = this.#outputs;
    const preview = () => (Preview.knows(address.settings) ? this.#preview : undefined);
    this.#actions = new Actions({address, slider, pad, remote, preview, ...this.#outputs});
    const actions = this.#actions;
    const restart = () => this.start();
    this.#changes = new Changes({
      actions,
      address,
      form,
      slider,
      trail: this.#outputs.trail,
      remote,
      restart,
    });
    this.#runs = new Runs(actions);
    this.#shipping = new Shipping(() => actions.ship());
    this.#own = new OwnSection({
      remote,
      attempt: (act) => attempt(section('images'), act),
      problem: (message) => problem.show(message, section('images')),
    });
    status.onBackend((backend) => {
      this.#changes.change({backend});
      this.start();
    });
    status.onTake(() => actions.take());
    if (address.problems.length > 0) problem.show(address.problems.join(' '));
    form.show(address.settings);
    slider.show(address.settings.sparsity);
    showAnswers(undefined);
    addEventListener('hashchange', () => this.#changes.follow());
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
      const preview = await Preview.open(base(), (views) => this.#outputs.weights(views));
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
      this.#carried = this.#actions.isOpening ? undefined : await attempt(null, carry);
    }
    const carried = this.#carried;
    (this.#remote as Remote | undefined)?.end();
    this.#remote = new Remote(
      (message) => problem.show(message),
      () => this.#enable(),
    );
    this.#outputs.listen(this.#remote);
    this.#remote.on('ownTick', (tick) => this.#own.tick(tick));
    this.#remote.on('phase', (phase) => this.#enable(phase));
    this.#started = false;
    this.#enable('idle');
    this.#outputs.status.say('Starting …');
    await attempt(byId('status').parentElement, async () => {
      this.#ready(await this.#remote.call('start', this.#address.settings.backend, base(), carried));
      if (!this.#pad.pixels) await this.#actions.take();
      if (!carried) await this.#slider.again();
    });
  }

  #ready({backend, others}: Started): void {
    this.#started = true;
    this.#preview = undefined;
    this.#outputs.status.backend(backend, others);
    this.#outputs.status.say('Ready to train.');
    this.#enable();
    files(
      (format) => this.#actions.download(format),
      (chosen) => this.#actions.load(chosen),
    );
  }

  #enable(phase = this.#runs.phase): void {
    enableControls(
      {
        slider: this.#slider,
        presets: this.#presets,
        form: this.#form,
        shipping: this.#shipping,
        own: this.#own,
        runs: this.#runs,
        status: this.#outputs.status,
      },
      {phase, commands: this.#remote.commands, hasStarted: this.#started, hasPreview: !!this.#preview},
    );
  }
}

/** The address of the page's folder. */
const base = () => new URL('.', document.baseURI).href;
