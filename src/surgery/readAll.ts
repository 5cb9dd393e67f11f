import {type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel, LayerVariable} from '@tensorflow/tfjs-layers';
import {masked} from '../masked';
import {readTogether} from '../readTogether';
import {variablesOf} from '../tfjs';
import {leaves} from '../tree';
import {maskedOf} from '../weight';
import type {Read} from './flow/flow';

/** All weights of a model off the device, 0 where masked. */
export async function readAll(model: LayersModel): Promise<Read> {
  const names: string[] = [];
  const values: Tensor[] = [];
  for (const {layer} of leaves(model)) {
    const masks = maskedOf(layer);
    for (const variable of variablesOf(layer)) {
      const mask = masks.find(({value}) => value.name === variable.name)?.mask;
      names.push(variable.name);
      values.push(tidy(() => (mask === undefined ? variable.read().clone() : masked(variable.read(), mask))));
    }
  }
  const read = await readTogether(values);
  const known = new Map(names.map((name, i) => [name, read[i]]));
  return (owner, field) => {
    const variable = (owner as unknown as Record<string, LayerVariable | null | undefined>)[field];
    return variable == null ? undefined : known.get(variable.name);
  };
}
