import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {readIdx} from '../../node/idx';
import {type Shard, SIZE, testDigits, trainShards} from '../shards';

/** Converts the first digits in a folder of idx files into the shards that the page reads. */
export function writeShards(folder: string, out: string): void {
  write('t10k', [testDigits]);
  write('train', trainShards);

  function write(prefix: string, shards: readonly Shard[]): void {
    const images = readIdx(folder, `${prefix}-images-idx3-ubyte`, 3).data;
    const labels = readIdx(folder, `${prefix}-labels-idx1-ubyte`, 1).data;
    const count = shards.reduce((sum, shard) => sum + shard.count, 0);
    if (labels.length < count || images.length !== labels.length * SIZE) {
      throw new Error(`${folder}: ${labels.length} ${prefix} digits; the page requires ${count}`);
    }
    let from = 0;
    for (const shard of shards) {
      const until = from + shard.count;
      const bytes = Buffer.concat([labels.subarray(from, until), images.subarray(from * SIZE, until * SIZE)]);
      mkdirSync(dirname(join(out, shard.file)), {recursive: true});
      writeFileSync(join(out, shard.file), gzipSync(bytes));
      from = until;
    }
  }
}
