import type {Bytes} from './bytes';

/** Bytes of code as letters: common bytes as one, others as two. gzip compresses them as well as it does the bytes. */
export interface Lettered {
  /** A bit for each byte, set where it is common; in hexadecimal. */
  readonly common: string;
  readonly letters: string;
}

/** How many bytes are common. */
const COMMON = 87;

/** The printable characters that no string literal escapes: those of common bytes, then two that begin pairs. */
const alphabet = Array.from({length: 94}, (_, i) => String.fromCharCode(33 + i)).filter(
  (letter) => !'"\'`\\$'.includes(letter),
);

/** All bytes, the common ones first. */
function ordered(common: string): number[] {
  const isCommon = (byte: number) => (Number.parseInt(common[byte >> 2], 16) >> (byte & 3)) & 1;
  return Array.from({length: 256}, (_, byte) => byte).sort((a, b) => isCommon(b) - isCommon(a));
}

export function toLetters(bytes: Uint8Array): Lettered {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  const most = [...counts.keys()].sort((a, b) => counts[b] - counts[a]).slice(0, COMMON);
  const common = Array.from({length: 64}, (_, four) =>
    most.reduce((bits, byte) => (byte >> 2 === four ? bits | (1 << (byte & 3)) : bits), 0).toString(16),
  ).join('');
  const places = new Map(ordered(common).map((byte, place) => [byte, place]));
  const lettersOf = (byte: number) => {
    const place = places.get(byte) as number;
    const pair = place - COMMON;
    return place < COMMON
      ? alphabet[place]
      : alphabet[COMMON + Math.floor(pair / alphabet.length)] + alphabet[pair % alphabet.length];
  };
  return {common, letters: Array.from(bytes, lettersOf).join('')};
}

export function fromLetters({common, letters}: Lettered): Bytes {
  const bytes = ordered(common);
  const places = new Map(alphabet.map((letter, place) => [letter, place]));
  const found: number[] = [];
  let pair = 0;
  for (const letter of letters) {
    const place = pair + (places.get(letter) as number);
    const begins = pair === 0 && place >= COMMON;
    if (!begins) found.push(bytes[place]);
    pair = begins ? COMMON + (place - COMMON) * alphabet.length : 0;
  }
  return Uint8Array.from(found);
}
