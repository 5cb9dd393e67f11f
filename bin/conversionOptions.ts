import type {ToLayersModelOptions} from 'tfjs-pruning/graph';
import {UsageError} from './UsageError';

/** How `convert` converts graph models. @throws UsageError */
export const conversionOf = (values: {outputs?: string; input?: string[]}): ToLayersModelOptions => ({
  outputs: namesOf(values.outputs),
  inputShapes: shapesOf(values.input),
});

function namesOf(text: string | undefined): string[] | undefined {
  const names = text?.split(',').map((name) => name.trim());
  if (names?.includes('')) throw new UsageError(`--outputs must be names of nodes, got "${text}"`);
  return names;
}

/** Sizes by the names of nodes, as in image=256x256x3. */
function shapesOf(texts: readonly string[] = []): Record<string, number[]> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, sizes] = text.match(/^(.+)=([1-9]\d*(?:x[1-9]\d*)*)$/) ?? [];
      if (name === undefined) throw new UsageError(`--input must be like image=256x256x3, got "${text}"`);
      return [name, sizes.split('x').map(Number)];
    }),
  );
}
