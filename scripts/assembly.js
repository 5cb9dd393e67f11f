/**
 * Compiles src/wasm/assembly to the modules that src/wasm runs: the kernels for training, and those for sparse
 * products, each for a memory of its own thread and for the shared memory of the threaded backend. Runs after an
 * install, before every build, and by itself: `npm run assembly`.
 */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
/** What is compiled, by the file that the binaries are written to. */
const targets = {
  'src/wasm/binary.ts': 'src/wasm/assembly/index.ts',
  'src/wasm/sparse/binary.ts': 'src/wasm/assembly/sparse/index.ts',
};

const options = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
// Nothing of ours lives in the memory, which is the backend's: no data, no exports, no abort that reads strings.
const memory = ['--importMemory', '--noExportMemory', '--use', 'abort='];
// As the threaded backend declares it, in pages of 64 kB.
const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

async function compile(source, ...more) {
  let binary;
  const {error, stderr} = await asc.main(
    [source, '--outFile', 'module.wasm', ...options, ...memory, ...more],
    {
      writeFile: (_, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`scripts/assembly.js: ${error.message}\n${stderr}`);
  // In hexadecimal, which gzip shrinks more than base64, as bytes stay bytes.
  return Buffer.from(binary).toString('hex');
}

process.chdir(root);
for (const [target, source] of Object.entries(targets)) {
  const [alone, threaded] = [await compile(source), await compile(source, ...shared)];
  writeFileSync(
    target,
    `/** Made by scripts/assembly.js of ${source}. */
export const binary = {
  alone: '${alone}',
  threaded: '${threaded}',
};
`,
  );
}
