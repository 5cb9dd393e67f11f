import {Cursor, leb} from './Cursor';

/** A call in the code of a function: where its target is written. */
interface Call {
  readonly start: number;
  readonly end: number;
  readonly target: number;
}

/** The calls in the body of a function. @see https://webassembly.github.io/spec/core/binary/instructions.html */
function callsIn(body: Uint8Array): Call[] {
  const cursor = new Cursor(body);
  const calls: Call[] = [];
  for (let groups = cursor.number(); groups > 0; groups--) {
    cursor.number();
    cursor.skip(1);
  }
  while (!cursor.isAtEnd) {
    const code = cursor.byte();
    const start = cursor.at;
    if (code === 0x10) calls.push({target: cursor.number(), start, end: cursor.at});
    else skipImmediates(cursor, code);
  }
  return calls;
}

/** The functions that a body calls. */
export const targetsIn = (body: Uint8Array): number[] => callsIn(body).map(({target}) => target);

/** The same body with other numbers of the functions that it calls. */
export function renumbered(body: Uint8Array, numbers: ReadonlyMap<number, number>): Uint8Array {
  const parts: number[] = [];
  let from = 0;
  for (const {start, end, target} of callsIn(body)) {
    parts.push(...body.subarray(from, start), ...leb(numbers.get(target) as number));
    from = end;
  }
  return Uint8Array.from([...parts, ...body.subarray(from)]);
}

/** The codes that a single number follows: blocks, branches, variables, sizes of memory, integers. */
const WITH_NUMBER = [0x02, 0x03, 0x04, 0x0c, 0x0d, 0x20, 0x21, 0x22, 0x23, 0x24, 0x3f, 0x40, 0x41, 0x42];

/** Skips the immediate operands of an instruction. */
function skipImmediates(cursor: Cursor, code: number): void {
  if (code >= 0x28 && code <= 0x3e) skipNumbers(cursor, 2);
  else if (WITH_NUMBER.includes(code)) cursor.number();
  else if (code === 0x0e) skipNumbers(cursor, cursor.number() + 1);
  else if (code === 0x43) cursor.skip(4);
  else if (code === 0x44) cursor.skip(8);
  else if (code === 0xfc) skipBulk(cursor, cursor.number());
  else if (code === 0xfd) skipVector(cursor, cursor.number());
}

function skipNumbers(cursor: Cursor, count: number): void {
  for (let i = 0; i < count; i++) cursor.number();
}

/** Of the instructions for blocks of memory only copy and fill occur; the others convert numbers. */
function skipBulk(cursor: Cursor, code: number): void {
  if (code >= 10) cursor.skip(code === 10 ? 2 : 1);
}

function skipVector(cursor: Cursor, code: number): void {
  const isLoad = code <= 11 || code === 92 || code === 93;
  const isLane = code >= 84 && code <= 91;
  if (isLoad || isLane) skipNumbers(cursor, 2);
  if (isLane || (code >= 21 && code <= 34)) cursor.skip(1);
  if (code === 12 || code === 13) cursor.skip(16);
}
