/** The functions of node:fs/promises that files are read and written with. */
export interface FileSystem {
  readFile(path: string): Promise<Uint8Array>;
  writeFile(path: string, bytes: Uint8Array, options?: object): Promise<void>;
  realpath(path: string): Promise<string>;
  stat(path: string): Promise<{mode: number; isFile(): boolean}>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: {force: boolean}): Promise<void>;
}

/** Replaces a file atomically: writes a temporary file next to it and renames that. */
export async function replaceFile(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const existing = await fs.stat(path).catch(() => undefined);
  if (existing?.isFile() === false) {
    // A device or a pipe is written to directly; a folder is an error.
    return fs.writeFile(path, bytes);
  }
  // Keeps a symbolic link, and replaces its target.
  const target = existing ? await fs.realpath(path) : path;
  const beside = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    // Flushed, because after a power failure the name may exist without its contents.
    await fs.writeFile(beside, bytes, {flag: 'wx', flush: true, mode: existing?.mode});
    await fs.rename(beside, target);
  } finally {
    await fs.rm(beside, {force: true});
  }
}
