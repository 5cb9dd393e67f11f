/** How `toLayersModel` converts a graph model. */
export interface ToLayersModelOptions {
  /**
   * The names of the nodes that the model outputs, `name:1` for the second output of a node; the outputs of the graph model by
   * default.
   */
  readonly outputs?: readonly string[];
  /**
   * Shapes without the batch dimension, by the names of the inputs: for graphs that compute with the sizes of their input, where
   * these vary. Any other node may be named as well; it then is an input of the model, which begins there.
   */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
  /** Whether nodes that no layer computes are an error, instead of the end of the model; false by default. */
  readonly strict?: boolean;
}
