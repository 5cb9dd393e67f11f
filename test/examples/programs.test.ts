import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describeWith} from '../support/describeWith';
import {withoutKeras} from '../support/keras';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'examples-'));

/** Runs an example in an empty folder, and returns its output. */
const run = (name: string, ...args: string[]): string =>
  execFileSync(process.execPath, [join(root, 'examples', `${name}.mjs`), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
  });

/** The first number behind a text. */
const after = (text: string, output: string): number =>
  Number(
    output
      .slice(output.indexOf(text) + text.length)
      .replaceAll(',', '')
      .match(/[\d.]+/)?.[0],
  );

beforeAll(() => {
  if (!existsSync(join(root, 'dist/index.js'))) {
    throw new Error('test/examples/programs.test.ts: there is no built package in dist; run `npm run build`');
  }
});
afterAll(() => rmSync(folder, {recursive: true}));

const programs: Record<string, (output: string) => void> = {
  'quick-start': (output) => {
    expect(output).toMatch(/total +1,600 +160 +90\.00 %/);
  },
  mobilenet: (output) => {
    expect(output).toContain('1101280 of 2202560 weights');
    // By chance it would be 0.1.
    expect(after('accuracy', output)).toBeGreaterThan(0.3);
  },
  channels: (output) => {
    expect(output).toMatch(/parameters +13,066 +5,386\n/);
    expect(after('accuracy', output)).toBeGreaterThan(0.8);
  },
  'accuracy-budget': (output) => {
    expect(output).toContain('40.0 % pruned');
    expect(output.match(/kept$/gm)?.length).toBeGreaterThan(1);
  },
  distillation: (output) => {
    expect(after('student: ', output)).toBeGreaterThan(0.8);
    expect(output).toContain('with 3970 weights');
  },
  'quantize-and-ship': (output) => {
    expect(after('accuracy', output)).toBeGreaterThan(0.8);
    expect(readdirSync(folder)).toContain('digits.mjs');
  },
  'graph-model': (output) => {
    expect(after('→', output)).toBeLessThan(after('parameters', output));
    expect(after('outputs', output)).toBeLessThan(0.25);
  },
  'custom-layer': (output) => {
    expect(output).toMatch(/PrunableGatedDense1 +12 +6\n/);
    expect(after('outputs', output)).toBe(0);
  },
  'custom-criterion': (output) => {
    expect(output).toContain('0.44 0.44 0.89 0.89 0.89 0.89');
    expect(output).toMatch(/hidden\/kernel .* 90\.00 %/);
  },
};

describe('the example', () => {
  it.each(Object.entries(programs))('%s runs alone, and prints the expected results', (name, check) => {
    check(run(name));
  });

  describeWith(withoutKeras(), 'with Keras', () => {
    it('keras-round-trip keeps the zeros in both directions', () => {
      const output = run('keras-round-trip');
      expect(output).toContain('sparsity 0.8000 before, 0.8000 after');
      expect(output).toMatch(/total .* 80\.00 %/);
    });
  });

  it('imports packages that examples/README.md names', () => {
    const page = readFileSync(join(root, 'examples/README.md'), 'utf8');
    const files = ['examples', 'examples/shared'].flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith('.mjs'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8')),
    );
    const names = files.flatMap((text) =>
      [...text.matchAll(/(?:from |import |resolve\()'((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name]) => name),
    );
    const missing = new Set(names.filter((name) => name !== 'node' && !page.includes(name)));
    expect(names.length).toBeGreaterThan(20);
    expect([...missing]).toEqual([]);
  });

  it('has a row in examples/README.md, and a test', () => {
    const files = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.mjs'));
    const page = readFileSync(join(root, 'examples/README.md'), 'utf8');
    expect([...page.matchAll(/^\| \[(.*?)\]\(\1\)/gm)].map(([, file]) => file).sort()).toEqual(files);
    expect([...Object.keys(programs), 'keras-round-trip'].map((name) => `${name}.mjs`).sort()).toEqual(files);
  });
});
