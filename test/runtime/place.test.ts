import fc from 'fast-check';
import {Block, place} from '../../src/runtime/machine/Block';

const uses = fc.tuple(fc.integer({min: 1, max: 500}), fc.nat(9), fc.nat(9));

describe('the addresses of blocks', () => {
  it('never let two blocks that are used at a time overlap', () => {
    fc.assert(
      fc.property(fc.array(uses, {maxLength: 30}), (all) => {
        const blocks = all.map(([bytes, from, to]) => {
          const block = new Block(bytes);
          block.use(from);
          block.use(to);
          return block;
        });
        const top = place(blocks, 10);
        for (const [i, a] of blocks.entries()) {
          expect(a.address % 64).toBe(0);
          expect(a.address + a.bytes).toBeLessThanOrEqual(top);
          for (const b of blocks.slice(i + 1)) {
            const isTogether = a.first <= b.last && b.first <= a.last;
            const isApart = a.address + a.bytes <= b.address || b.address + b.bytes <= a.address;
            expect(isApart || !isTogether).toBe(true);
          }
        }
      }),
    );
  });

  it('use the memory of a block again when it is no longer used', () => {
    const [a, b, c] = [100, 200, 90].map((bytes) => new Block(bytes));
    for (const [i, block] of [a, b, c].entries()) {
      block.use(i);
      block.use(i + 1);
    }
    // Cache lines of 64 bytes.
    expect([place([a, b, c], 3), a.address, b.address, c.address]).toEqual([384, 0, 128, 0]);
  });

  it('let a block take that of its operand only if no later op needs it', () => {
    const taken = (last: number) => {
      const a = new Block(64);
      const b = new Block(64, a);
      for (const op of [0, 1, last]) a.use(op);
      for (const op of [1, 3]) b.use(op);
      place([a, b], 4);
      return a.address === b.address;
    };
    expect([1, 2].map(taken)).toEqual([true, false]);
  });
});
