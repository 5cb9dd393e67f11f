import {execFileSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {extname, join} from 'node:path';
import type {Browser, Page} from 'playwright-core';

const root = join(__dirname, '..', '..');
/** Builds the page into a folder, as for a web server. */
export function build(out: string): string {
  const tsx = join(root, 'node_modules', '.bin', 'tsx');
  const serve = join(root, 'demo', 'browser', 'serve.ts');
  return execFileSync(tsx, [serve, '--build', '--out', out], {cwd: root, encoding: 'utf8', stdio: 'pipe'});
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Serves a folder as static files below a path, and counts the bytes. */
export class Site {
  readonly #sent = new Map<string, number>();
  readonly #folder: string;
  readonly #server: Server;

  constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer(async ({url = '/'}, answer) => {
      try {
        const path = new URL(url, 'http://localhost').pathname.replace(/^\/in\/a\/folder/, '');
        const file = join(this.#folder, path.endsWith('/') ? `${path}index.html` : path);
        const content = await readFile(file);
        this.#sent.set(path, content.length);
        answer
          .writeHead(200, {'content-type': types[extname(file)] ?? 'application/octet-stream'})
          .end(content);
      } catch {
        answer.writeHead(404).end();
      }
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, resolve));
  }

  /** The bytes of the files sent so far, each counted once. */
  bytes(): number {
    return [...this.#sent.values()].reduce((sum, length) => sum + length, 0);
  }

  /** The files sent so far, and their bytes. */
  get sizes(): [string, number][] {
    return [...this.#sent];
  }

  /** The files sent so far. */
  get files(): string[] {
    return [...this.#sent.keys()];
  }

  get address(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/in/a/folder/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The state shared by the tests of the page. */
export interface Pages {
  site: Site;
  browser: Browser;
  /** The output of the build. */
  printed: string;
}

/** A page that records its errors, and its requests to other servers. */
export interface Watched {
  page: Page;
  errors: string[];
  elsewhere: string[];
}

/** Opens the page at a hash, and waits until its worker has started. */
export async function open(
  {browser, site}: Pick<Pages, 'browser' | 'site'>,
  hash = '',
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Watched> {
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, ...options});
  const page = await context.newPage();
  // Generous, because the machine may be busy.
  page.setDefaultTimeout(110_000);
  const watched: Watched = {page, errors: [], elsewhere: []};
  page.on('pageerror', ({message}) => watched.errors.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.address) && !/^(data|blob):/.test(request.url())) {
      watched.elsewhere.push(request.url());
    }
  });
  await page.goto(site.address + hash);
  await page.waitForSelector('#run:enabled');
  return watched;
}

/** Waits until the status line matches. */
export async function status(page: Page, text: RegExp): Promise<string> {
  const found = page.locator('#status', {hasText: text});
  await found.waitFor({timeout: 180_000});
  return (await found.textContent()) ?? '';
}

/** The number at the start of an element's text. */
export async function number(page: Page, selector: string): Promise<number> {
  return Number.parseFloat((await page.textContent(selector)) ?? '');
}

/** The progress of the run, from 0 to 1. */
export function progress(page: Page): Promise<number> {
  return page.$eval('#progress', (bar) => (bar as HTMLProgressElement).value);
}
