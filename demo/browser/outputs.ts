import {showAnswers} from './components/answers';
import {Charts} from './components/charts';
import {Histogram} from './components/histogram';
import {Masks} from './components/masks';
import {Mistakes} from './components/mistakes';
import {Numbers} from './components/numbers';
import type {Pad} from './components/pad';
import {showAccuracy, showKept, showSize} from './components/readings';
import type {Slider} from './components/slider';
import {Status} from './components/status';
import {Trail} from './components/trail';
import type {Inspected, Pruned, WeightView} from './protocol';
import type {Remote} from './remote';
import {soon} from './soon';

interface Parts {
  pad: Pad;
  slider: Slider;
  /** The epochs of a run. */
  epochs(): number;
  inspect(weight: string, index: number): Promise<Inspected>;
}

/** The components that show the network and its training. */
export class Outputs {
  readonly status = new Status();
  readonly trail = new Trail();
  readonly numbers = new Numbers();
  readonly #charts = new Charts();
  readonly #histogram = new Histogram();
  readonly #masks: Masks;
  readonly #mistakes: Mistakes;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#masks = new Masks(parts.inspect);
    this.#mistakes = new Mistakes((digit) => parts.pad.show(digit));
  }

  /** Shows the events of a worker. */
  listen(remote: Remote): void {
    remote.on('starting', (doing) => this.status.say(doing));
    remote.on('digits', ({have, total}) => this.status.digits(have, total));
    remote.on('weights', (views) => {
      // Changes from elsewhere move the slider.
      this.weights(
        views,
        remote.commands.some((name) => name !== 'prune'),
      );
    });
    remote.on('sizes', (sizes) => {
      this.numbers.setSizes(sizes);
      showSize(sizes.pruned.bytes, sizes.dense.bytes);
    });
    remote.on('accuracy', (accuracy) => {
      this.numbers.setAccuracy(accuracy);
      showAccuracy(accuracy.pruned, accuracy.dense);
      this.#parts.pad.again();
    });
    remote.on('mistakes', (mistakes) => soon('mistakes', () => this.#mistakes.show(mistakes)));
    remote.on('plan', (plan) => this.#charts.begin(plan));
    remote.on('tick', (tick) => {
      this.#charts.add(tick);
      this.status.tick(tick, this.#parts.epochs());
      if (tick.accuracy !== undefined) {
        showAccuracy(tick.accuracy, tick.denseAccuracy);
        this.numbers.setAccuracy({pruned: tick.accuracy, dense: tick.denseAccuracy ?? 0});
        this.#parts.pad.again();
      }
    });
    remote.on('phase', (phase) => this.status.phase(phase));
  }

  /** `moved` moves the slider to the sparsity. */
  weights(views: WeightView[], moved = false): void {
    this.#masks.show(views);
    soon('layers', () => {
      this.numbers.setLayers(views);
      const sparsity = showKept(views);
      if (moved) this.#parts.slider.show(sparsity);
    });
    soon('histogram', () => this.#histogram.show(views));
  }

  /** Shows a position of the slider. */
  pruned({accuracy, sparsity, bytes, answers}: Pruned): void {
    showAccuracy(accuracy);
    if (bytes !== undefined) showSize(bytes);
    if (answers) showAnswers(answers);
    this.trail.add(sparsity, accuracy);
  }
}
