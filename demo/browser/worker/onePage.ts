import {parts} from 'virtual:shipped-page';
import {filled, policy} from '../../ship/fill';

/** The page that reads digits, with the shipped network in it: one HTML file, which opens from a disk too. */
export async function onePage(module: string): Promise<string> {
  const code = module.replace(/^export /gm, '');
  const script = [
    `const network = async () => {${code}\nreturn {predict};\n};`,
    parts.script.replace('import("./digits.js")', () => 'network()'),
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
