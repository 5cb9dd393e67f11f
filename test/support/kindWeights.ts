import type {Scored} from 'tfjs-pruning';
import {kinds} from 'tfjs-pruning/layers';
import {weightOf} from './weights';

/** A weight of a kind of layer by field, with the layout of the table of kinds. */
export function weightOfKind(kind: string, field: string, shape: number[]): Scored {
  const {axes, gates} = kinds[kind].weights[field];
  return weightOf(shape, {axes, gates, name: `layer/${field}`});
}
