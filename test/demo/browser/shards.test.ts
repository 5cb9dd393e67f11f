import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {writeShards} from '../../../demo/browser/build/shards';
import {SIZE, TRAIN_DIGITS, testDigits, trainShards} from '../../../demo/browser/shards';
import {readIdx} from '../../../demo/node/idx';
import {mnistFolder} from '../../../demo/node/mnist';

const out = mkdtempSync(join(tmpdir(), 'shards-'));

describe('writeShards', () => {
  beforeAll(() => writeShards(mnistFolder(), out), 120_000);

  it.each([
    ['train', trainShards],
    ['t10k', [testDigits]],
  ])('keeps the first digits of %s, in order', (prefix, shards) => {
    const images = readIdx(mnistFolder(), `${prefix}-images-idx3-ubyte`, 3).data;
    const labels = readIdx(mnistFolder(), `${prefix}-labels-idx1-ubyte`, 1).data;
    const count = shards.reduce((sum, shard) => sum + shard.count, 0);
    const parts = shards.map(({file, count: own}) => {
      const bytes = gunzipSync(readFileSync(join(out, file)));
      return {labels: bytes.subarray(0, own), images: bytes.subarray(own)};
    });
    expect(Buffer.concat(parts.map((part) => part.labels)).equals(labels.subarray(0, count))).toBe(true);
    expect(Buffer.concat(parts.map((part) => part.images)).equals(images.subarray(0, count * SIZE))).toBe(
      true,
    );
  });

  it('has the number of training digits', () => {
    expect(TRAIN_DIGITS).toBe(60_000);
  });
});
