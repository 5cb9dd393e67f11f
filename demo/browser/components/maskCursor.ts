import {make} from '../dom';
import type {Layout} from './maskLayout';

/** The element of a heat map that the pointer or the arrow keys have chosen. */
export class MaskCursor {
  readonly element = make('span', {className: 'cursor', hidden: true});
  readonly #canvas: HTMLCanvasElement;
  readonly #layout: Layout;
  readonly #visited: (element: number) => void;
  #at = 0;

  constructor(canvas: HTMLCanvasElement, layout: Layout, visited: (element: number) => void) {
    this.#canvas = canvas;
    this.#layout = layout;
    this.#visited = visited;
    const hide = () => this.element.toggleAttribute('hidden', true);
    canvas.addEventListener('pointermove', (event) => this.#point(event));
    canvas.addEventListener('pointerdown', (event) => this.#point(event));
    canvas.addEventListener('pointerleave', hide);
    canvas.addEventListener('blur', hide);
    canvas.addEventListener('focus', () => this.#visit(this.#at));
    canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  #point(event: PointerEvent): void {
    const {width, height} = this.#layout;
    const box = this.#canvas.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * height);
    const inside = x >= 0 && y >= 0 && x < width && y < height;
    const element = inside ? this.#layout.elements[y * width + x] : -1;
    if (element >= 0) this.#visit(element);
  }

  #key(event: KeyboardEvent): void {
    const {width, cells, elements} = this.#layout;
    const move = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width}[event.key];
    if (move === undefined) return;
    event.preventDefault();
    let cell = cells[this.#at] + move;
    // Over the gap between two tiles.
    if (elements[cell] === -1) cell += move;
    const besides = Math.abs(move) === 1 && Math.floor(cell / width) !== Math.floor(cells[this.#at] / width);
    if (!besides && elements[cell] >= 0) this.#visit(elements[cell]);
  }

  #visit(element: number): void {
    const {width, height, cells} = this.#layout;
    const [x, y] = [cells[element] % width, Math.floor(cells[element] / width)];
    this.#at = element;
    this.element.style.cssText = `left: ${(x / width) * 100}%; top: ${(y / height) * 100}%; width: ${100 / width}%; height: ${100 / height}%`;
    this.element.toggleAttribute('hidden', false);
    this.#visited(element);
  }
}
