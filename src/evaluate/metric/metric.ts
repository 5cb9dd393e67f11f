/** A classification metric, computed over all examples together. */
export interface Metric {
  (confusion: Confusion): number;
  /** Its name in the logs, after `val_`. Minifiers change the names of functions. */
  readonly metricName: string;
}

/** A confusion matrix: how often each class was predicted as each. */
export interface Confusion {
  /** The number of classes. */
  readonly classes: number;
  /** `[actual, predicted]`, row by row. */
  readonly counts: Float64Array;
}

/** How to average the figures of single classes. */
export interface AverageOptions {
  /**
   * `'binary'`, the default for two classes, is the figure of class 1; `'macro'`, the default for more, the mean over the
   * classes that occur; `'weighted'` the mean weighted by the number of their examples; `'micro'` counts all classes together.
   */
  average?: 'binary' | 'macro' | 'weighted' | 'micro';
}
