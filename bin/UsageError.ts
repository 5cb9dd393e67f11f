/** Wrong options; the message is printed with a hint to --help. */
export class UsageError extends Error {}
