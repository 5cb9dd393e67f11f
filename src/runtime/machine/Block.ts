/** A piece of memory that a program uses for some of its ops. */
export class Block {
  readonly bytes: number;
  /** A block whose memory this one takes, if it is the last op to use that which is the first to use this. */
  readonly over?: Block;
  /** The first and the last op that use it. */
  first = Number.POSITIVE_INFINITY;
  last = -1;
  /** From the beginning of the memory for blocks. */
  address = 0;
  /** The bytes at its address. */
  held = 0;

  constructor(bytes: number, over?: Block) {
    this.bytes = bytes;
    this.over = over;
  }

  use(op: number): void {
    this.first = Math.min(this.first, op);
    this.last = Math.max(this.last, op);
  }
}

interface Gap {
  start: number;
  end: number;
}

/** Blocks begin in cache lines. */
const LINE = 64;

/** Gives each block an address where no other lies while it is used; returns the bytes for all. */
export function place(blocks: readonly Block[], ops: number): number {
  const starting: Block[][] = Array.from({length: ops + 2}, () => []);
  const ending: Block[][] = Array.from({length: ops + 2}, () => []);
  for (const block of blocks) {
    starting[block.first + 1].push(block);
    ending[Math.min(block.last, ops) + 1].push(block);
  }
  const gaps: Gap[] = [{start: 0, end: Number.POSITIVE_INFINITY}];
  let top = 0;
  for (let op = 0; op < ops + 2; op++) {
    const kept = new Set<Block>();
    for (const block of starting[op]) {
      const {over} = block;
      if (over !== undefined && over.last === block.first && block.bytes <= over.held && !kept.has(over)) {
        kept.add(over);
        block.address = over.address;
        block.held = over.held;
      } else {
        block.held = Math.ceil(block.bytes / LINE) * LINE;
        block.address = take(gaps, block.held);
        top = Math.max(top, block.address + block.held);
      }
    }
    for (const block of ending[op]) if (!kept.has(block)) give(gaps, block);
  }
  return top;
}

function take(gaps: Gap[], bytes: number): number {
  const at = gaps.findIndex(({start, end}) => end - start >= bytes);
  const gap = gaps[at];
  const {start} = gap;
  gap.start += bytes;
  if (gap.start === gap.end) gaps.splice(at, 1);
  return start;
}

function give(gaps: Gap[], {address, held}: Block): void {
  // The last gap has no end.
  const at = gaps.findIndex(({start}) => start > address);
  gaps.splice(at, 0, {start: address, end: address + held});
  for (const i of [at, at - 1]) {
    if (i < 0 || gaps[i].end !== gaps[i + 1].start) continue;
    gaps[i].end = gaps[i + 1].end;
    gaps.splice(i + 1, 1);
  }
}
