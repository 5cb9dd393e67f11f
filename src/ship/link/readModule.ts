import {Cursor} from './Cursor';

/** The parts of a WebAssembly module without imports and tables. */
export interface Parts {
  /** The types of functions: their number, and their bytes. */
  readonly types: Counted;
  readonly globals: Counted;
  readonly functions: readonly Code[];
  /** The numbers of the exported functions. */
  readonly exports: ReadonlyMap<string, number>;
}

export interface Counted {
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface Code {
  readonly type: number;
  readonly body: Uint8Array;
}

const HEADER = 8;

/** The sections that the kernels have. */
const [TYPE, FUNCTION, GLOBAL, EXPORT, CODE] = [1, 3, 6, 7, 10];

/** Reads a module. */
export function readModule(bytes: Uint8Array): Parts {
  const sections = new Map<number, Uint8Array>();
  const cursor = new Cursor(bytes, HEADER);
  while (!cursor.isAtEnd) {
    const id = cursor.byte();
    sections.set(id, cursor.bytes(cursor.number()));
  }
  const section = (id: number) => new Cursor(sections.get(id) ?? Uint8Array.of(0));
  const counted = (id: number): Counted => {
    const start = section(id);
    const count = start.number();
    return {count, bytes: (sections.get(id) ?? Uint8Array.of(0)).subarray(start.at)};
  };
  const types = section(FUNCTION).numbers();
  const code = section(CODE);
  code.number();
  const functions = types.map((type) => ({type, body: code.bytes(code.number())}));
  return {types: counted(TYPE), globals: counted(GLOBAL), functions, exports: exported(section(EXPORT))};
}

function exported(cursor: Cursor): Map<string, number> {
  const names = new Map<string, number>();
  for (let left = cursor.number(); left > 0; left--) {
    const name = new TextDecoder().decode(cursor.bytes(cursor.number()));
    const kind = cursor.byte();
    const number = cursor.number();
    if (kind === 0) names.set(name, number);
  }
  return names;
}
