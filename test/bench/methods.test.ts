import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {enableTraining} from 'tfjs-pruning/wasm';
import {type Cell, grid} from '../../bench/methods/grid';
import {methods} from '../../bench/methods/methods';
import {Runner} from '../../bench/methods/run';
import {tasks} from '../../bench/methods/tasks';
import {useBackend} from '../support/backends';
import {limited} from '../support/programs';

useBackend('wasm');

let disable = () => {};
let folder = '';
beforeAll(() => {
  disable = enableTraining();
  folder = mkdtempSync(join(tmpdir(), 'methods-'));
});
afterAll(() => {
  disable();
  rmSync(folder, {recursive: true});
});

const elementwise = Object.keys(methods).filter((name) => !name.startsWith('channels'));
const channelwise = Object.keys(methods).filter((name) => name.startsWith('channels'));
const planned = (id: string) => grid().find((cell) => cell.id === id) as Cell;
const inFolder = (name: string) => new Runner(join(folder, name), 'wasm', true);

describe('the bench of methods', () => {
  it('reaches the sparsity of every method to the element, and the shares of channels', async () => {
    const noted = jest.spyOn(console, 'error').mockImplementation();
    const runner = inFolder('every');
    const made = [];
    for (const name of [...elementwise, ...channelwise]) {
      const sparsity = channelwise.includes(name) ? 0.5 : 0.95;
      made.push(await runner.run(planned(`conv/${name}/${sparsity}/1`)));
    }
    expect(noted).toHaveBeenCalledWith(expect.stringContaining('teacher of mnist'));
    noted.mockRestore();
    const elements = 25 * 8 + 9 * 8 * 16 + 400 * 64 + 640;
    // Half of 8, 16 and 64 channels.
    const half = 25 * 4 + 9 * 8 * 8 + 400 * 32 + 640;
    const macs = 24 ** 2 * 25 * 4 + 10 ** 2 * 9 * 4 * 8 + 200 * 32 + 320;
    expect(made.map(({method, size, kept, macs: {compact}}) => [method, size, kept, compact])).toEqual([
      ...elementwise.map((name) => [name, elements, Math.round(elements * 0.05), expect.any(Number)]),
      ...channelwise.map((name) => [name, elements, half, macs]),
    ]);
  });

  it('gives equal lines for equal seeds, and other ones for other seeds', async () => {
    const run = async (seed: number, out: string) => {
      // The bytes include the names of layers, which tfjs numbers.
      const {seconds, bytes, ...line} = await inFolder(out).run(planned(`lstm/fisher/0.9/${seed}`));
      return line;
    };
    const [first, second] = [await run(1, 'first'), await run(1, 'second')];
    expect(second).toEqual(first);
    expect((await run(2, 'first')).accuracy).not.toEqual(first.accuracy);
  });

  it('has every method for the small networks, and the dense network of each seed', () => {
    const ids = new Set(grid().map(({id}) => id));
    for (const seed of [1, 2, 3]) {
      for (const network of Object.keys(tasks)) expect(ids).toContain(`${network}/dense/0/${seed}`);
      for (const sparsity of [0.9, 0.95, 0.98]) {
        for (const method of elementwise) expect(ids).toContain(`conv/${method}/${sparsity}/${seed}`);
      }
      for (const method of channelwise) expect(ids).toContain(`conv/${method}/0.5/${seed}`);
    }
    expect(ids.size).toBe(grid().length);
  });

  it('skips runs whose lines exist', () => {
    const results = join(folder, 'results.jsonl');
    const program = () =>
      limited(1e6, [
        'bench/methods.ts',
        '--quick',
        ...['--only', '^lstm/(dense/0|global/0.9)/1$', '--out', join(folder, 'out'), '--results', results],
      ]);
    expect(program()).toMatchObject({status: 0, stderr: expect.stringContaining('2/2 lstm/global/0.9/1')});
    const lines = readFileSync(results, 'utf8');
    expect(lines.trim().split('\n')).toHaveLength(2);
    expect(program()).toMatchObject({status: 0, stderr: ''});
    expect(readFileSync(results, 'utf8')).toBe(lines);
  });
});
