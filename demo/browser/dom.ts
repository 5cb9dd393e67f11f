/** The element of index.html with an id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`index.html has no element "${id}"`);
  }
  return element as Type;
}

/** Makes an element with properties and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<Omit<HTMLElementTagNameMap[Tag], 'style'>> & {style?: string},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const {style, ...rest} = properties;
  const element = Object.assign(document.createElement(tag), rest);
  if (style !== undefined) {
    element.style.cssText = style;
  }
  element.append(...children);
  return element;
}

/** A share as a percentage; only exactly 1 is shown as 100 %. */
export function percent(share: number, digits = 1): string {
  const text = (share * 100).toFixed(digits);
  return share < 1 && Number(text) === 100 ? percent(share, digits + 1) : `${text} %`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

/** Bytes as kilobytes of 1,000 bytes. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** A canvas for writing pixels: kept in memory, to avoid waiting for a graphics device. */
export function pixelContext(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext('2d', {willReadFrequently: true}) as CanvasRenderingContext2D;
}

const painter = pixelContext(document.createElement('canvas'));
const colours = new Map<string, [number, number, number]>();

/** A current colour of the page, as red, green and blue. */
export function colour(name: string): [number, number, number] {
  const known = colours.get(name);
  if (known) {
    return known;
  }
  painter.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  painter.fillRect(0, 0, 1, 1);
  const [red, green, blue] = painter.getImageData(0, 0, 1, 1).data;
  colours.set(name, [red, green, blue]);
  return [red, green, blue];
}

export const still = matchMedia('(prefers-reduced-motion: reduce)');
export const dark = matchMedia('(prefers-color-scheme: dark)');
// The first listener, so that redraws use the new colours.
dark.addEventListener('change', () => colours.clear());
