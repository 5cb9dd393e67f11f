import {existsSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type Browser, chromium} from 'playwright-core';

const binaries = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts the Chromium of the distribution, or the one at CHROMIUM_PATH. */
export function launch(args: string[] = []): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM_PATH ?? '', ...binaries].find(existsSync);
  if (!executablePath) {
    throw new Error('test/browser: there is no Chromium; apt-get install chromium, or set CHROMIUM_PATH');
  }
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];
  return chromium.launch({executablePath, args: ['--no-sandbox', ...quiet, ...args]});
}

/** What a server gives at a path: the type and the content. */
export type Page = [type: string, content: string | Uint8Array];

/** Serves pages to a browser, cross-origin isolated, which is what threads of WASM ask for. */
export async function serve(page: (path: string) => Page | undefined) {
  const server = createServer(({url = '/'}, response) => {
    const found = page(url);
    response.writeHead(found ? 200 : 404, {
      'Content-Type': found?.[0] ?? 'text/plain',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    response.end(found?.[1] ?? `nothing at ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
