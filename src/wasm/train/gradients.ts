import {
  engine,
  type GradConfig,
  type GradFunc,
  getGradient,
  registerGradient,
  unregisterGradient,
} from '@tensorflow/tfjs-core';

/** Makes the gradient of a kernel on 'wasm' from the one of tfjs. */
export type GradientOf = (stock: GradFunc) => GradFunc;

/**
 * Replaces gradients of tfjs on the WASM backend, and adds others.
 *
 * @returns a function that undoes it.
 */
export function replaceGradients(
  replaced: Readonly<Record<string, GradientOf>>,
  added: readonly GradConfig[],
): () => void {
  const before = Object.entries(replaced).flatMap(([kernelName, make]) => {
    const stock = getGradient(kernelName);
    // tfjs without its layers may come without gradients.
    if (stock === undefined) return [];
    const fused = make(stock.gradFunc);
    unregisterGradient(kernelName);
    registerGradient({
      ...stock,
      gradFunc: (...args) => {
        const {backendName, state} = engine();
        return (backendName === 'wasm' && state.gradientDepth === 0 ? fused : stock.gradFunc)(...args);
      },
    });
    return [stock];
  });
  for (const config of added) registerGradient(config);
  return () => {
    for (const {kernelName} of [...before, ...added]) unregisterGradient(kernelName);
    for (const stock of before) registerGradient(stock);
  };
}
