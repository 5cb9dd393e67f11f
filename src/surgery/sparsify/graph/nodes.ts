type Text = string | number[];

/** An attribute of a node, as the JSON of a graph model has it; strings are in base64 or codes, some numbers are text. */
export interface Attribute {
  readonly s?: Text;
  readonly i?: string | number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: string | number;
  readonly list?: {readonly s?: Text[]; readonly i?: (string | number)[]};
}

/** An op of a graph model. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** The names of other nodes, with `:1` for other outputs than the first and `^` for those that only come before. */
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
}

/** The name of the node that a reference names. */
export const nodeOf = (reference: string): string => reference.replace(/^\^/, '').replace(/:\d+$/, '');

export const text = (attribute: Attribute | undefined): string | undefined =>
  attribute?.s === undefined ? undefined : decoded(attribute.s);

export const texts = (attribute: Attribute | undefined): string[] => (attribute?.list?.s ?? []).map(decoded);

const decoded = (value: Text) => (typeof value === 'string' ? atob(value) : String.fromCharCode(...value));

/** A table of the nodes that take the outputs of each node, once for each reference. */
export function consumersIn(nodes: readonly GraphNode[]): Map<string, GraphNode[]> {
  const found = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    for (const reference of node.input ?? []) {
      const name = nodeOf(reference);
      found.set(name, [...(found.get(name) ?? []), node]);
    }
  }
  return found;
}
