import {byId, colour, dark, pixelContext} from '../dom';
import {SIDE, SIZE} from '../shards';
import {centre} from './centre';

const STROKE = 22;

/** A field to draw a digit in. */
export class Pad {
  readonly #canvas = byId<HTMLCanvasElement>('pad');
  readonly #context = pixelContext(this.#canvas);
  readonly #onDigit: (pixels: Float32Array | undefined) => void;
  #pixels: Float32Array | undefined;
  #last: {x: number; y: number} | undefined;

  constructor(onDigit: (pixels: Float32Array | undefined) => void) {
    this.#onDigit = onDigit;
    const canvas = this.#canvas;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (event.button === 0) this.#draw(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last) {
        // Coalesced events have the points of a fast pen.
        for (const point of event.getCoalescedEvents?.() ?? [event]) this.#draw(point);
        this.#draw(event);
      }
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, () => {
        if (this.#last) this.#read();
        this.#last = undefined;
      });
    }
    byId('clear').addEventListener('click', () => this.clear());
    dark.addEventListener('change', () => this.#seen());
  }

  /** The digit, as the networks see it. */
  get pixels(): Float32Array | undefined {
    return this.#pixels;
  }

  clear(): void {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#tell(undefined);
  }

  /** Shows a digit of 28×28 bytes unchanged. */
  show(digit: Uint8Array): void {
    const scale = this.#canvas.width / SIDE;
    const ink = colour('--text').join(' ');
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    digit.forEach((grey, i) => {
      this.#context.fillStyle = `rgb(${ink} / ${grey / 255})`;
      this.#context.fillRect((i % SIDE) * scale, Math.floor(i / SIDE) * scale, scale, scale);
    });
    this.#tell(Float32Array.from(digit, (grey) => grey / 255));
  }

  #draw({offsetX, offsetY}: PointerEvent): void {
    const scale = this.#canvas.width / this.#canvas.clientWidth;
    const to = {x: offsetX * scale, y: offsetY * scale};
    const from = this.#last ?? to;
    const context = this.#context;
    context.strokeStyle = `rgb(${colour('--text').join(' ')})`;
    context.lineWidth = STROKE;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    this.#last = to;
  }

  #read(): void {
    const {width, height} = this.#canvas;
    const {data} = this.#context.getImageData(0, 0, width, height);
    const ink = Float32Array.from({length: width * height}, (_, i) => data[i * 4 + 3]);
    this.#tell(centre(ink, width));
  }

  #tell(pixels: Float32Array | undefined): void {
    this.#pixels = pixels;
    this.#seen();
    this.#onDigit(pixels);
  }

  /** Classifies the drawing again, after the networks have changed. */
  again(): void {
    if (this.#pixels) this.#onDigit(this.#pixels);
  }

  #seen(): void {
    paintDigit(byId<HTMLCanvasElement>('seen'), this.#pixels ?? new Float32Array(SIZE));
  }
}

/** Draws a digit of 28×28 grey values from 0 to 1 as ink. */
export function paintDigit(canvas: HTMLCanvasElement, pixels: ArrayLike<number>): void {
  const [ink, paper] = [colour('--text'), colour('--paper')];
  const image = new ImageData(SIDE, SIDE);
  for (let i = 0; i < SIZE; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[i * 4 + c] = paper[c] + (ink[c] - paper[c]) * pixels[i];
    }
    image.data[i * 4 + 3] = 255;
  }
  pixelContext(canvas).putImageData(image, 0, 0);
}
