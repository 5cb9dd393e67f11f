import {serialization, type Tensor} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import {classMap} from '../src/model/tfjs';
import type {LayerClass} from './declareLayer';
import type {PrunableClass} from './makePrunable';

type Layer = layers.Layer;

/** A recurrent layer class whose cell has masks. */
export type RecurrentClass<Args extends unknown[]> = (new (
  ...args: Args
) => Layer) & {
  className: string;
  /** The name of the class that `strip` puts in its place. */
  plainName: string;
};

/**
 * The recurrent layer class of tfjs of a name, with cells of another class, registered for loading as `Prunable` and
 * that name. A weight is multiplied by its mask once for all steps.
 */
export function builtInRecurrent<Args extends unknown[], CellArgs extends unknown[]>(
  className: string,
  Cell: PrunableClass<CellArgs>,
): RecurrentClass<Args> {
  const Base = classMap()[className][0] as unknown as LayerClass<Args>;

  // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants just this of the constructor of a mixin's base.
  class Recurrent extends (Base as new (...args: any[]) => Layer) {
    static className = `Prunable${className}`;
    static plainName = className;
    declare cell: InstanceType<typeof Cell>;

    constructor(args: object) {
      super({...args});
      // In the place of the cell that the class of tfjs made of the same arguments and did not build yet.
      this.cell = new Cell(...([args] as unknown as CellArgs));
    }

    override call(inputs: Tensor | Tensor[], kwargs: Parameters<Layer['call']>[1]): Tensor | Tensor[] {
      return this.cell.withMasks(() => super.call(inputs, kwargs));
    }
  }

  serialization.registerClass(Recurrent as never);
  return Recurrent as unknown as RecurrentClass<Args>;
}
