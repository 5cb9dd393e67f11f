import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';

/** A response of the server: its type and content, and further headers. */
export type Page = [type: string, content: string | Uint8Array, headers?: Record<string, string>];

/** Serves pages to a browser, cross-origin isolated as WASM threads require. */
export async function serve(page: (path: string) => Page | undefined) {
  const server = createServer(({url = '/'}, response) => {
    const found = page(url);
    response.writeHead(found ? 200 : 404, {
      'Content-Type': found?.[0] ?? 'text/plain',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      ...found?.[2],
    });
    response.end(found?.[1] ?? `nothing at ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
