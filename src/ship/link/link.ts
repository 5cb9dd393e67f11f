import {leb, signed} from './Cursor';
import {renumbered, targetsIn} from './calls';
import type {Code, Parts} from './readModule';

/** A call of a kernel, by its name, with the address of its arguments. */
export interface KernelCall {
  readonly kernel: string;
  readonly address: number;
}

/** Bytes that are in memory from the beginning. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A program to link with the kernels. */
export interface Linked {
  /** The calls when the module starts, and those of its function `run`. */
  readonly start: readonly KernelCall[];
  readonly run: readonly KernelCall[];
  readonly memoryBytes: number;
  readonly segments: readonly Segment[];
  /** Exported numbers. */
  readonly globals: Readonly<Record<string, number>>;
  /** Sections for other readers. */
  readonly custom: Readonly<Record<string, string>>;
}

const PAGE = 2 ** 16;

const I32 = 0x7f;
const END = 0x0b;

/** Writes a WebAssembly module of the kernels that a program calls, and the program. The bytes of the last segment come last. */
export function link(
  {types, globals, functions, exports}: Parts,
  {start, run, memoryBytes, segments, globals: numbers, custom}: Linked,
): Uint8Array<ArrayBuffer> {
  const kept = reached(
    functions,
    [...start, ...run].map(({kernel}) => numberOf(exports, kernel)),
  );
  const numbered = new Map(kept.map((old, i) => [old, i]));
  const body = (calls: readonly KernelCall[]) => [
    0,
    ...calls.flatMap(({kernel, address}) => [
      ...[0x41, ...signed(address)],
      ...[0x10, ...leb(numbered.get(numberOf(exports, kernel)) as number)],
    ]),
    END,
  ];
  const bodies = [
    ...kept.map((old) => renumbered(functions[old].body, numbered)),
    Uint8Array.from(body(start)),
    Uint8Array.from(body(run)),
  ];
  const pages = leb(Math.ceil(memoryBytes / PAGE));
  const names = Object.entries(numbers);
  const own = types.count;
  return joined([
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    ...Object.entries(custom).map(([name, content]) => section(0, [text(name), utf8(content)])),
    section(1, [leb(types.count + 1), types.bytes, [0x60, 0, 0]]),
    section(3, [leb(bodies.length), kept.flatMap((old) => leb(functions[old].type)), leb(own), leb(own)]),
    section(5, [[1, 1], pages, pages]),
    section(6, [
      leb(globals.count + names.length),
      globals.bytes,
      names.flatMap(([, number]) => [I32, 0, 0x41, ...signed(number), END]),
    ]),
    section(7, [
      leb(2 + names.length),
      [...text('memory'), 2, 0],
      [...text('run'), 0, ...leb(kept.length + 1)],
      names.flatMap(([name], i) => [...text(name), 3, ...leb(globals.count + i)]),
    ]),
    section(8, [leb(kept.length)]),
    section(10, [leb(bodies.length), ...bodies.flatMap((code) => [leb(code.length), code])]),
    section(11, [
      leb(segments.length),
      ...segments.flatMap(({address, bytes}) => [
        [0, 0x41, ...signed(address), END, ...leb(bytes.length)],
        bytes,
      ]),
    ]),
  ]);
}

function numberOf(exports: Parts['exports'], kernel: string): number {
  const number = exports.get(kernel);
  if (number === undefined) throw new Error(`there is no kernel "${kernel}"`);
  return number;
}

/** The functions that some functions call, these included, in ascending order. */
function reached(functions: readonly Code[], first: readonly number[]): number[] {
  const found = new Set<number>();
  const visit = (number: number) => {
    if (found.has(number)) return;
    found.add(number);
    targetsIn(functions[number].body).forEach(visit);
  };
  first.forEach(visit);
  return [...found].sort((a, b) => a - b);
}

type Piece = ArrayLike<number>;

function section(id: number, content: readonly Piece[]): Uint8Array {
  const bytes = joined(content);
  return joined([[id], leb(bytes.length), bytes]);
}

const utf8 = (content: string) => new TextEncoder().encode(content);

const text = (content: string) => [...leb(utf8(content).length), ...utf8(content)];

function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(pieces.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece, at);
    at += piece.length;
  }
  return result;
}
