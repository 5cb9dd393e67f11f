/** The shipped network, which stands beside the page: the scores of the digits 0 to 9 for 28 × 28 grey values from 0 to 1. */
export declare function predict(pixels: Float32Array): Float32Array;
