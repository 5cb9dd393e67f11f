interface Port {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly address: number;
}

type Named<Item> = Item | Record<string, Item>;

export interface Shipped {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  predict(input: Named<ArrayLike<number>>, output?: Named<Float32Array>): Named<Float32Array>;
}

/** The exports of the text of an ES module without imports. */
export function evaluate(text: string): Shipped {
  return new Function(`${text.replaceAll(/^export /gm, '')}; return {inputs, outputs, predict};`)();
}
