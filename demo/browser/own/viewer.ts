import {Camera} from './camera';
import {imageIn, imageOf, paint, valuesOf} from './images';
import {BYTES} from './protocol';
import {Scores} from './scores';

/** The time between live answers, in milliseconds. */
const PACE = 100;
/** Long enough for a clock that browsers round to 0.1 ms. */
const TIMED = 5;

export type Predict = (image: Float32Array) => Float32Array;

interface Elements {
  video: HTMLVideoElement;
  /** Shows an image as the network sees it. */
  seen: HTMLCanvasElement;
  scores: HTMLElement;
  best: HTMLElement;
  time: HTMLElement;
}

/** Shows the camera or a chosen image, and the answers of a shipped network to it. */
export class Viewer {
  readonly camera: Camera;
  readonly #elements: Elements;
  #predict: Predict | undefined;
  #scores: Scores | undefined;
  #image: Uint8Array | undefined;

  constructor(elements: Elements) {
    this.#elements = elements;
    this.camera = new Camera(elements.video);
    setInterval(() => this.#look(), PACE);
  }

  /** The present frame of the camera; undefined if it is off. */
  get frame(): Uint8Array | undefined {
    const {video} = this.#elements;
    return this.camera.isOn && video.videoWidth > 0 ? imageOf(video) : undefined;
  }

  /** Answers with this network from now on. */
  use(predict: Predict, names: readonly string[]): void {
    const {scores, best, time} = this.#elements;
    this.#predict = predict;
    this.#scores = new Scores(scores, best, names);
    best.textContent = '';
    time.textContent = `${microseconds(predict)} µs per image`;
    this.#answer();
  }

  async choose(file: File): Promise<void> {
    this.show(await imageIn(file));
  }

  show(image: Uint8Array): void {
    this.#image = image;
    paint(image, this.#elements.seen);
    this.#answer();
  }

  #look(): void {
    const {frame} = this;
    if (frame && !document.hidden) this.show(frame);
  }

  #answer(): void {
    if (this.#predict && this.#image) this.#scores?.show(this.#predict(valuesOf(this.#image)));
  }
}

/** The time of an answer, as the mean of many. */
function microseconds(predict: Predict): string {
  const values = new Float32Array(BYTES);
  const started = performance.now();
  let [calls, passed] = [0, 0];
  while (passed < TIMED) {
    predict(values);
    calls++;
    passed = performance.now() - started;
  }
  return ((passed / calls) * 1000).toFixed(0);
}
