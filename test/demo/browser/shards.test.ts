import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {writeShards} from '../../../demo/browser/build/shards';
import {subset, TRAIN_DIGITS, testRest, trainShards} from '../../../demo/browser/shards';
import {readIdx} from '../../../demo/node/idx';
import {mnistFolder} from '../../../demo/node/mnist';

const out = mkdtempSync(join(tmpdir(), 'shards-'));

describe('writeShards', () => {
  beforeAll(() => writeShards(mnistFolder(), out), 120_000);

  it.each([
    ['train', trainShards],
    ['t10k', [subset, testRest]],
  ])('keeps every digit of %s, in order', (prefix, shards) => {
    const images = readIdx(mnistFolder(), `${prefix}-images-idx3-ubyte`, 3).data;
    const labels = readIdx(mnistFolder(), `${prefix}-labels-idx1-ubyte`, 1).data;
    const parts = shards.map(({file, count}) => {
      const bytes = gunzipSync(readFileSync(join(out, file)));
      return {labels: bytes.subarray(0, count), images: bytes.subarray(count)};
    });
    expect(Buffer.concat(parts.map((part) => part.labels)).equals(labels)).toBe(true);
    expect(Buffer.concat(parts.map((part) => part.images)).equals(images)).toBe(true);
  });

  it('has the number of training digits', () => {
    expect(TRAIN_DIGITS).toBe(60_000);
  });
});
