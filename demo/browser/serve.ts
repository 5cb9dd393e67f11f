// Builds the page, and serves it or leaves it as a folder.
import {existsSync, readdirSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import {Command, InvalidArgumentError, Option} from 'commander';
import {build, preview} from 'vite';
import {config, SITE} from './build/config';
import {LICENCES} from './build/licences';

interface Options {
  build?: boolean;
  out: string;
  port: number;
}

const options = new Command('npm run demo:web --')
  .description('Builds the interactive pruning demo, serves it, and prints its address.')
  .option('--build', 'build only: write a folder for any file server')
  .addOption(new Option('--out <folder>', 'output folder').default(SITE, 'demo/out/web'))
  .option('--port <number>', 'port to serve on, or the next free one', port, 4173)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

try {
  const out = resolve(options.out);
  assertOurs(out);
  const settings = config(out);
  await build(settings);
  if (options.build) {
    console.log(`Built ${relative(process.cwd(), out)}, which any file server can serve.`);
  } else {
    const server = await preview({...settings, preview: {...settings.preview, port: options.port}});
    console.log(`Serving ${server.resolvedUrls?.local[0]} until you press Ctrl+C.`);
  }
} catch (error) {
  console.error(`demo:web: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** @throws unless the folder is missing, empty, or a previous build, which may be deleted. */
function assertOurs(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, LICENCES))) {
    throw new Error(`${folder} has other files in it, which building would delete; choose an empty folder`);
  }
}

function port(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  }
  return value;
}
