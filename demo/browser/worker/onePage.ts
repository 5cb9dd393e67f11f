import {filled, policy} from '../../ship/fill';

/**
 * A page with a network in it: one HTML file, which opens from a disk too.
 *
 * @param parts The page.
 * @param module The shipped network.
 * @param names The names that the page imports from it.
 */
export async function onePage(
  parts: {html: string; script: string; style: string},
  module: string,
  names: string,
): Promise<string> {
  const code = module.replace(/^export /gm, '');
  const script = [
    `const network = async () => {${code}\nreturn {${names}};\n};`,
    parts.script.replace(/import\("\.\/\w+\.js"\)/, () => 'network()'),
  ].join('\n');
  return filled(parts.html, {
    policy: policy(await hash(script), parts.style),
    script,
    size: ((await gzipped([module])) / 1000).toFixed(1),
  });
}

/** The source for a policy: pages that are not from a secure place cannot hash. */
async function hash(text: string): Promise<string> {
  if (!crypto.subtle) return "'unsafe-inline'";
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `'sha256-${btoa(String.fromCharCode(...bytes))}'`;
}

/** The bytes after gzip. */
export async function gzipped(parts: BlobPart[]): Promise<number> {
  const stream = new Blob(parts).stream().pipeThrough(new CompressionStream('gzip'));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
