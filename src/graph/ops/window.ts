import type {GraphNode} from '../../surgery/sparsify/graph/nodes';
import {integers, word} from '../attributes';
import type {Scope} from '../scope';
import {Unsupported} from '../unsupported';

export type Pair = [number, number];

/** Strides, dilations and padding of a convolution or pooling over images; explicit padding is zeros around the images. */
export interface Window {
  readonly strides: Pair;
  readonly dilationRate: Pair;
  readonly padding: 'same' | 'valid';
  /** Rows above and below, columns left and right. */
  readonly margins?: readonly [Pair, Pair];
}

export function windowOf(node: GraphNode): Window {
  const format = word(node, 'data_format') ?? 'NHWC';
  if (format !== 'NHWC') throw new Unsupported(`its data_format is ${format}`);
  const pair = (name: string) => integers(node, name, [1, 1, 1, 1]).slice(1, 3) as Pair;
  const [strides, dilationRate] = [pair('strides'), pair('dilations')];
  const padding = word(node, 'padding')?.toLowerCase();
  if (padding === 'explicit') {
    const [, , top, bottom, left, right] = integers(node, 'explicit_paddings');
    return {
      strides,
      dilationRate,
      padding: 'valid',
      margins: [
        [top, bottom],
        [left, right],
      ],
    };
  }
  if (padding !== 'same' && padding !== 'valid') throw new Unsupported(`its padding is ${padding}`);
  return {strides, dilationRate, padding};
}

/** The window of a convolution that `foldDilation` has made. */
export async function windowInBlocks(node: GraphNode, scope: Scope): Promise<Window> {
  const [block, paddings, otherBlock, crops] = await Promise.all(
    [-4, -3, -2, -1].map((index) => scope.numbers(node, index)),
  );
  const margins = paddings.map((count, i) => count - crops[i]);
  if (`${block}` !== `${otherBlock}` || block.length !== 2 || margins.some((count) => count < 0)) {
    throw new Unsupported(
      `its blocks of [${block}] become blocks of [${otherBlock}], with padding [${margins}]`,
    );
  }
  return {
    ...windowOf(node),
    dilationRate: block as Pair,
    margins: [margins.slice(0, 2) as Pair, margins.slice(2) as Pair],
  };
}
