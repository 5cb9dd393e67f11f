/** The element of an id that is in index.html. */
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

/** A share as a percentage, with a digit more where it comes close to all. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

const painter = document.createElement('canvas').getContext('2d', {
  willReadFrequently: true,
}) as CanvasRenderingContext2D;
const colours = new Map<string, [number, number, number]>();

/** A colour of the page's as it is now, as red, green and blue. */
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
// The first to hear of it, so that whatever is drawn again is drawn in the new colours.
dark.addEventListener('change', () => colours.clear());
