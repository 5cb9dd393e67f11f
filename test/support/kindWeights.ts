import type {Scored} from 'tfjs-pruning';
import {kinds} from 'tfjs-pruning/layers';
import {weightOf} from './weights';

/** A weight of a kind of layer, by the field that holds it, laid out as the table of kinds says. */
export function weightOfKind(kind: string, field: string, shape: number[]): Scored {
  const {axes, gates} = kinds[kind].weights[field];
  return weightOf(shape, {axes, gates, name: `layer/${field}`});
}
