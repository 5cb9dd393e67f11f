import {Op} from '../../../runtime/Op';
import {activate} from './activate';
import {convolve} from './convolve';
import {binary, largest, unary} from './elementwise';
import {blend, differs, encode, fill, gather} from './lookup';
import {contract, gemv, rows, rowsBy4} from './product';
import {pool, reduce, resize} from './image';
import {normalize, softmax} from './normalize';
import {lstm, reset, simple, update} from './recurrent';
import {strided, transpose} from './strided';

// Exported, so that the compiler does not inline them and a module may leave them out.
export {
  activate, binary, blend, contract, convolve, differs, encode, fill, gather, gemv, largest, lstm, normalize, pool, reduce,
  reset, resize, rows, rowsBy4, simple, softmax, strided, transpose, unary, update,
};

/** Runs a program: ops of the number of a kernel, their length in bytes, and the arguments of the kernel, until `Op.end`. */
export function run(p: usize): void {
  for (;;) {
    const q = p + 8;
    switch (load<u32>(p)) {
      case Op.end: return;
      case Op.activate: activate(q); break;
      case Op.binary: binary(q); break;
      case Op.blend: blend(q); break;
      case Op.convolve: convolve(q); break;
      case Op.contract: contract(q); break;
      case Op.differs: differs(q); break;
      case Op.encode: encode(q); break;
      case Op.fill: fill(q); break;
      case Op.gather: gather(q); break;
      case Op.gemv: gemv(q); break;
      case Op.largest: largest(q); break;
      case Op.lstm: lstm(q); break;
      case Op.normalize: normalize(q); break;
      case Op.pool: pool(q); break;
      case Op.reduce: reduce(q); break;
      case Op.reset: reset(q); break;
      case Op.resize: resize(q); break;
      case Op.rows: rows(q); break;
      case Op.rowsBy4: rowsBy4(q); break;
      case Op.simple: simple(q); break;
      case Op.softmax: softmax(q); break;
      case Op.strided: strided(q); break;
      case Op.transpose: transpose(q); break;
      case Op.unary: unary(q); break;
      case Op.update: update(q); break;
      default: unreachable();
    }
    p += load<u32>(p, 4);
  }
}
