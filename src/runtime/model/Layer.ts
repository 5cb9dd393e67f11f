import type {Program} from '../machine/Program';
import type {Value} from '../machine/Value';
import type {Config} from './Config';

/** Adds the ops of a layer to a program. @param mask The steps that count, for layers that ask for them. */
export type Run = (program: Program, inputs: readonly Value[], mask?: Value) => Value | Value[];

/** A weight of a saved layer. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A saved layer: its configuration and its weights. */
export interface Layer {
  readonly config: Config;
  /** The ops after it that are computed with it. */
  readonly after: After;
  /** A weight by the end of its name. @throws if it is missing, or has another number of axes. */
  weight(name: string, rank: number): Weight;
  /** Reads a layer inside this one. @param scope The prefix of the names of its weights. */
  inner(json: unknown, scope?: string): Run;
  /** A part of this layer, such as a cell, with its own configuration. */
  part(config: Config, scope?: string): Layer;
}

/** A batch norm and an activation that directly follow a layer. */
export interface After {
  readonly norm?: Affine;
  /** A configuration with an activation. */
  readonly activation?: Activation;
}

/** x · scale + shift, for each channel. */
export interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/** An activation by its name, and its parameter. */
export interface Activation {
  readonly name: string;
  readonly alpha?: number;
}

/** The description of a class of layers. */
export interface Kind {
  /** Reads a layer. @throws for a configuration that is not supported. */
  readonly read: (layer: Layer) => Run;
  /** Whether its output has the mask of its input. */
  readonly keepsMask?: boolean;
  /** The number of axes of its output, if a batch norm and an activation after it can be computed with it; 0 if that varies. */
  readonly fuses?: number;
  /** The activation of a layer that only applies one. */
  readonly activation?: (config: Config) => Activation | undefined;
}
