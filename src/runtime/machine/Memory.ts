/** The most memory that a network may take, in bytes. */
const MOST = 2 ** 31;

/** @throws for more bytes than a network may take. */
export function assertBytes(bytes: number): void {
  if (bytes <= MOST) return;
  throw new Error(
    `the network needs ${Math.ceil(bytes / 2 ** 20)} MB, at most ${MOST / 2 ** 20} are possible`,
  );
}

/** Memory for constants, from the bottom, and above them for each program. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  /** The first byte above the constants. */
  readonly top: number;
  /** Reserves memory for constants, above the others, where programs were; returns its address. */
  reserve(bytes: number): number;
  /** Forgets all constants. */
  clear(): void;
  /** Makes the memory at least so large. @throws if that is too much. */
  grow(bytes: number): void;
}
