import {type Attribute, type GraphNode, text} from '../surgery/sparsify/graph/nodes';

/** A list of whole numbers in an attribute of a node, such as strides; `missing` where there is none. */
export function integers({attr}: GraphNode, name: string, missing: number[] = []): number[] {
  const list = attr?.[name]?.list?.i;
  return list === undefined || list.length === 0 ? missing : list.map(Number);
}

/** A whole number in an attribute of a node. */
export const integer = ({attr}: GraphNode, name: string, missing = 0): number =>
  Number(attr?.[name]?.i ?? missing);

/** A number in an attribute of a node. */
export const number = ({attr}: GraphNode, name: string, missing: number): number =>
  attr?.[name]?.f ?? missing;

export const flag = ({attr}: GraphNode, name: string): boolean => attr?.[name]?.b ?? false;

export const word = ({attr}: GraphNode, name: string): string | undefined => text(attr?.[name]);

const types: Readonly<Record<string, 'float32' | 'int32' | 'bool' | undefined>> = {
  ...{DT_FLOAT: 'float32', DT_HALF: 'float32', DT_DOUBLE: 'float32', DT_BFLOAT16: 'float32'},
  ...{DT_INT32: 'int32', DT_INT64: 'int32', DT_UINT8: 'int32', DT_INT16: 'int32', DT_INT8: 'int32'},
  DT_BOOL: 'bool',
  // The same types as numbers.
  ...{1: 'float32', 2: 'float32', 3: 'int32', 4: 'int32', 5: 'int32', 6: 'int32', 9: 'int32', 10: 'bool'},
  ...{14: 'float32', 19: 'float32'},
};

/** The type of tfjs for a type in an attribute of a node; undefined for strings, complex numbers and resources. */
export const dtype = ({attr}: GraphNode, name: string): 'float32' | 'int32' | 'bool' | undefined =>
  types[`${(attr?.[name] as Attribute | undefined)?.type ?? 'DT_FLOAT'}`];
