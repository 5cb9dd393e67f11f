import {centre} from '../browser/components/centre';

const STROKE = 22;

/** A field to draw a digit in. */
export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #last: {x: number; y: number} | undefined;

  /** `onStroke` is called with each part of a stroke, and with `isWhole` at its end. */
  constructor(canvas: HTMLCanvasElement, onStroke: (isWhole: boolean) => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', {willReadFrequently: true}) as CanvasRenderingContext2D;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#draw(event);
      onStroke(false);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last === undefined) return;
      // Coalesced events have the points of a fast pen.
      for (const point of event.getCoalescedEvents?.() ?? []) this.#draw(point);
      this.#draw(event);
      onStroke(false);
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, () => {
        if (this.#last !== undefined) onStroke(true);
        this.#last = undefined;
      });
    }
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#recolor());
  }

  /** The drawing as the network expects it; undefined without ink. */
  get pixels(): Float32Array | undefined {
    const {width, height} = this.#canvas;
    const {data} = this.#context.getImageData(0, 0, width, height);
    return centre(
      data.filter((_, i) => i % 4 === 3),
      width,
    );
  }

  clear(): void {
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #draw({offsetX, offsetY}: PointerEvent): void {
    const scale = this.#canvas.width / this.#canvas.clientWidth;
    const to = {x: offsetX * scale, y: offsetY * scale};
    const from = this.#last ?? to;
    const context = this.#context;
    context.strokeStyle = this.#ink;
    context.lineWidth = STROKE;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    this.#last = to;
  }

  get #ink(): string {
    return getComputedStyle(this.#canvas).color;
  }

  /** Paints over all ink. */
  #recolor(): void {
    const context = this.#context;
    context.save();
    context.globalCompositeOperation = 'source-in';
    context.fillStyle = this.#ink;
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.restore();
  }
}
