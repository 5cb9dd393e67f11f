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
import {Host} from './host';
import {Outputs} from './outputs';
import {OwnSection} from './own/section';
import type {Started} from './protocol';
import type {Remote} from './remote';
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
  readonly #host: Host = new Host({
    settings: () => this.#address.settings,
    isOpening: () => this.#actions.isOpening,
    listen: (remote) => this.#listen(remote),
    changed: (phase) => this.#enable(phase),
    started: (...answer) => this.#started(...answer),
  });

  constructor(words: Allowed) {
    this.#address = new Address(words);
    const [address, slider, form, pad] = [this.#address, this.#slider, this.#form, this.#pad];
    const host = this.#host;
    const remote = () => host.remote;
    this.#outputs = new Outputs({
      pad,
      slider,
      epochs: () => address.settings.epochs,
      inspect: (weight, index) => remote().call('inspect', weight, index),
    });
    const {status} = this.#outputs;
    const preview = () => host.preview;
    this.#actions = new Actions({address, slider, pad, remote, preview, ...this.#outputs});
    const actions = this.#actions;
    const restart = () => host.start();
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
      host.start();
    });
    status.onTake(() => actions.take());
    if (address.problems.length > 0) problem.show(address.problems.join(' '));
    form.show(address.settings);
    slider.show(address.settings.sparsity);
    showAnswers(undefined);
    files(
      (format) => actions.download(format),
      (chosen) => actions.load(chosen),
    );
    addEventListener('hashchange', () => this.#changes.follow());
    addEventListener('beforeunload', (event) => {
      // The browser then asks whether to leave.
      const {commands = []} = (host.remote as Remote | undefined) ?? {};
      if (commands.includes('run') || commands.includes('trainOwn')) event.preventDefault();
    });
  }

  /** Shows and prunes the initial network while the worker starts. */
  async open(): Promise<void> {
    await this.#host.open((views) => this.#outputs.weights(views));
    if (this.#host.preview) {
      this.#slider.disabled = false;
      this.#actions.preview();
    }
    const started = this.#host.start();
    if (!this.#host.preview) await started;
    const to = (sparsity: number) => this.#slider.to(sparsity);
    await (location.hash === '' ? arrive(to) : to(this.#address.settings.sparsity));
  }

  #listen(remote: Remote): void {
    this.#outputs.listen(remote);
    this.#outputs.status.say('Starting …');
    remote.on('ownTick', (tick) => this.#own.tick(tick));
    remote.on('phase', (phase) => this.#enable(phase));
  }

  async #started({backend, others}: Started, isInitial: boolean): Promise<void> {
    const {status} = this.#outputs;
    status.backend(backend, others);
    status.say('Ready to train.');
    this.#enable();
    if (!this.#pad.pixels) await this.#actions.take();
    if (isInitial) await this.#slider.again();
  }

  #enable(phase = this.#runs.phase): void {
    const {hasStarted, preview, remote} = this.#host;
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
      {phase, commands: remote.commands, hasStarted, hasPreview: preview !== undefined},
    );
  }
}
