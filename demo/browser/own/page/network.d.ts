/** The shipped network: the scores of the classes for an image of values from 0 to 1, and their names. */
export declare function predict(image: Float32Array): Float32Array;
export declare const names: readonly string[];
