import * as tf from '@tensorflow/tfjs';
import {type Params, SingleBar} from 'cli-progress';
import {clock, percent} from './text';

/** Something that goes on from a step of a fit until the next phase. */
export type Phase = readonly [step: number, name: string];

/** A fit, as a part of the run. */
export interface Part {
  /** The epochs of all fits of the network. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** The epochs of other networks after this one. */
  readonly epochsAfter: number;
  /** In order; the first begins at step 0. */
  readonly phases: readonly Phase[];
  readonly sparsity: () => number;
}

type Texts = Record<'epoch' | 'phase' | 'loss' | 'sparsity' | 'left', string>;

/** The most cells of a bar. */
const CELLS = 24;

/** Prints a line per epoch of all fits, and in a terminal a bar within the epoch. */
export class Progress {
  #hasTitles = false;

  /** A callback that prints the progress of one fit. */
  of(part: Part): tf.CustomCallback {
    const bar = new SingleBar({format: drawn, hideCursor: true, clearOnComplete: true});
    const timer = new Timer();
    let epoch = 0;
    const texts = (logs?: tf.Logs): Texts => ({
      epoch: `${epoch + 1} of ${part.epochs}`,
      phase: phasesIn(part, timer.steps, timer.steps),
      loss: logs ? Number(logs.loss).toFixed(4) : '…',
      sparsity: percent(part.sparsity()),
      left: clock(timer.perStep() * stepsLeft(part, epoch, timer.stepsOfEpoch)),
    });
    return new tf.CustomCallback({
      onEpochBegin: (current) => {
        epoch = current;
        timer.beginEpoch();
        if (!this.#hasTitles) console.log(titles(part.epochs));
        this.#hasTitles = true;
        bar.start(part.stepsPerEpoch, 0, texts());
      },
      onBatchBegin: () => timer.beginStep(),
      onBatchEnd: (_, logs) => {
        timer.endStep();
        bar.increment(1, texts(logs));
      },
      onEpochEnd: (_, logs) => {
        bar.stop();
        const phase = phasesIn(part, timer.steps - timer.stepsOfEpoch, timer.steps - 1);
        const [accuracy, perStep] = [percent(Number(logs?.acc)), timer.inEpoch().toFixed(1)];
        console.log(line(part.epochs, {...texts(logs), phase, accuracy, perStep}));
      },
      // An interrupted epoch does not reach onEpochEnd.
      onTrainEnd: () => bar.stop(),
    });
  }
}

/** Measures the steps of a fit. */
class Timer {
  steps = 0;
  stepsOfEpoch = 0;
  readonly #started = performance.now();
  #begin = 0;
  #spent = 0;

  beginEpoch(): void {
    this.stepsOfEpoch = this.#spent = 0;
  }

  beginStep(): void {
    this.#begin = performance.now();
  }

  endStep(): void {
    this.#spent += performance.now() - this.#begin;
    this.stepsOfEpoch++;
    this.steps++;
  }

  /** The mean milliseconds of a step of the epoch. */
  readonly inEpoch = (): number => this.#spent / this.stepsOfEpoch;

  /** The mean milliseconds of a step of the fit, with all that happens between steps. */
  readonly perStep = (): number => (performance.now() - this.#started) / Math.max(1, this.steps);
}

/** The steps of the run after so many steps of an epoch, as if all epochs had as many. */
function stepsLeft({epochs, epochsAfter, stepsPerEpoch}: Part, epoch: number, done: number): number {
  return (epochs - epoch + epochsAfter) * stepsPerEpoch - done;
}

/** The names of the phases from a step to another one. */
function phasesIn({phases}: Part, first: number, last: number): string {
  return phases
    .filter(([begin], i) => begin <= last && (phases[i + 1]?.[0] ?? Number.POSITIVE_INFINITY) > first)
    .map(([, name]) => name)
    .join(', ');
}

function titles(epochs: number): string {
  const [loss, accuracy, sparsity] = ['loss', 'accuracy', 'sparsity'];
  return line(epochs, {
    epoch: 'epoch',
    phase: 'phase',
    loss,
    accuracy,
    sparsity,
    perStep: 'ms/step',
    left: 'left',
  });
}

function line(epochs: number, texts: Texts & {accuracy: string; perStep: string}): string {
  return [
    texts.epoch.padStart(String(epochs).length * 2 + ' of '.length),
    texts.phase.padEnd(21),
    texts.loss.padStart(7),
    texts.accuracy.padStart(8),
    texts.sparsity.padStart(8),
    texts.perStep.padStart(7),
    texts.left.padStart(5),
  ].join('  ');
}

/** The line of the bar, within the width of the terminal. */
function drawn(
  _: unknown,
  {progress, maxWidth}: Params,
  {epoch, phase, loss, sparsity, left}: Texts,
): string {
  const before = `${epoch}  ${phase.padEnd('recover'.length)}  `;
  const after = `  loss ${loss.padStart(7)}  sparsity ${sparsity.padStart(7)}  ${left} left`;
  const cells = Math.max(0, Math.min(CELLS, maxWidth - 1 - before.length - after.length));
  const full = Math.round(progress * cells);
  return `${before}${'█'.repeat(full)}${'░'.repeat(cells - full)}${after}`;
}
