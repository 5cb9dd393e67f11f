/** A figure of how well classes are told apart, of all examples at once. */
export interface Metric {
  (confusion: Confusion): number;
  /** Its name in the logs, after `val_`. It is not the name of a function, which minifiers change. */
  readonly metricName: string;
}

/** How often each class was taken for which. */
export interface Confusion {
  readonly classes: number;
  /** `[actual, predicted]`, row by row. */
  readonly counts: Float64Array;
}

/** How the figures of single classes make one. */
export interface AverageOptions {
  /**
   * `'binary'` is the figure of class 1 and the default for two classes; `'macro'`, the default for more, the mean of
   * the classes that occur; `'weighted'` their mean weighted by how often they do; `'micro'` counts all classes as one.
   */
  average?: 'binary' | 'macro' | 'weighted' | 'micro';
}
