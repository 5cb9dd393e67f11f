// Builds the page, and serves it or leaves it as a folder.
import {relative, resolve} from 'node:path';
import {Command, InvalidArgumentError} from 'commander';
import {build, preview} from 'vite';
import {config, SITE} from './build/config';

interface Options {
  build?: boolean;
  out: string;
  port: number;
}

const options = new Command('npm run demo:web --')
  .description(
    'Builds the page on which a network is pruned while it trains, serves it, and prints its address.',
  )
  .option('--build', 'only build: leave a folder that works from any file server')
  .option('--out <folder>', 'where to build', SITE)
  .option('--port <number>', 'where to serve; the next free one if it is taken', port, 4173)
  .allowExcessArguments(false)
  .parse()
  .opts<Options>();

try {
  const out = resolve(options.out);
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

function port(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
  }
  return value;
}
