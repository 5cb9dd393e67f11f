import './own.css';
import {count, kilobytes, percent} from '../dom';
import {save} from '../save';
import {gzipped} from '../worker/onePage';
import {Classes} from './classes';
import {type Download, downloads} from './downloads';
import type {Examples, OwnTick, OwnTrained} from './protocol';
import {view} from './view';
import {type Predict, Viewer} from './viewer';

interface Asks {
  train(examples: Examples, sparsity: number): Promise<OwnTrained | undefined>;
  stop(): void;
  problem(message: string): void;
}

/** The reader's own classes: images, training, answers and downloads. */
export class Own {
  readonly #asks: Asks;
  readonly #parts = view();
  readonly #classes: Classes;
  readonly #viewer = new Viewer(this.#parts);
  #isFree = true;
  #isTraining = false;
  #trained: Download | undefined;

  constructor(root: HTMLElement, asks: Asks) {
    this.#asks = asks;
    const {camera, file, train, stop, add, cards} = this.#parts;
    this.#classes = new Classes(cards, {
      frame: () => this.#viewer.frame,
      changed: () => this.#enable(),
      problem: asks.problem,
    });
    camera.addEventListener('click', () => this.#toggle());
    file.addEventListener('change', () => this.#choose());
    train.addEventListener('click', () => this.#train());
    stop.addEventListener('click', () => asks.stop());
    add.addEventListener('click', () => this.#classes.add());
    this.#parts.page.addEventListener(
      'click',
      async () => this.#trained && save(await downloads.page(this.#trained)),
    );
    this.#parts.module.addEventListener(
      'click',
      () => this.#trained && save(downloads.module(this.#trained)),
    );
    root.replaceChildren(this.#parts.element);
    for (let i = 0; i < 2; i++) this.#classes.add();
    camera.focus();
  }

  /** Whether the worker is free to train. */
  set isFree(isFree: boolean) {
    this.#isFree = isFree;
    this.#enable();
  }

  tick({done, sparsity}: OwnTick): void {
    this.#parts.progress.value = done;
    this.#say(`Training: ${percent(sparsity, 0)} of the weights pruned …`);
  }

  async #toggle(): Promise<void> {
    const {camera} = this.#viewer;
    try {
      await (camera.isOn ? camera.stop() : camera.start());
    } catch (error) {
      this.#asks.problem((error as Error).message);
    }
    this.#parts.camera.textContent = camera.isOn ? 'Stop the camera' : 'Start the camera';
    this.#parts.video.hidden = !camera.isOn;
    this.#enable();
  }

  async #choose(): Promise<void> {
    const {file} = this.#parts;
    const [chosen] = file.files ?? [];
    file.value = '';
    try {
      if (this.#viewer.camera.isOn) await this.#toggle();
      if (chosen) await this.#viewer.choose(chosen);
    } catch (error) {
      this.#asks.problem((error as Error).message);
    }
  }

  async #train(): Promise<void> {
    const {names, examples} = this.#classes;
    this.#isTraining = true;
    this.#enable();
    this.#say('Training …');
    const trained = await this.#asks.train(examples, Number(this.#parts.sparsity.value));
    this.#isTraining = false;
    this.#enable();
    if (trained) await this.#use(trained, names);
    else this.#say('Stopped.');
  }

  async #use(trained: OwnTrained, names: string[]): Promise<void> {
    const {module, accuracy, tested, weights, remaining} = trained;
    const url = URL.createObjectURL(new Blob([module], {type: 'text/javascript'}));
    const {predict} = (await import(/* @vite-ignore */ url)) as {predict: Predict};
    URL.revokeObjectURL(url);
    this.#viewer.use(predict, names);
    const bytes = await gzipped([module]);
    this.#trained = {module, names, bytes};
    this.#say(
      `Done: accuracy ${percent(accuracy)} on ${tested} images held out of training. ` +
        `${count(remaining)} of ${count(weights)} weights remain. The module takes ${kilobytes(bytes)} and ` +
        'predicts here without TensorFlow.js.',
    );
    this.#parts.results.hidden = false;
  }

  #say(text: string): void {
    this.#parts.status.textContent = text;
  }

  #enable(): void {
    const {train, stop, progress, add} = this.#parts;
    const missing = this.#classes.missing;
    const isIdle = this.#isFree && !this.#isTraining;
    train.disabled = !isIdle || missing !== undefined;
    stop.hidden = progress.hidden = !this.#isTraining;
    add.disabled = this.#classes.isFull;
    this.#classes.enable(this.#viewer.camera.isOn);
    if (!this.#isTraining && !this.#trained) this.#say(missing ?? 'Ready to train.');
  }
}
