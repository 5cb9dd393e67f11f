declare module 'virtual:choices' {
  /** The calls that the page offers. */
  export const choices: Record<import('../../scripts/catalog').Family, string[]>;
}

declare module 'virtual:explanations' {
  export const explanations: Record<
    import('../../scripts/catalog').Family,
    import('./build/choices').Choice[]
  >;
}

declare module 'virtual:makers' {
  import type {Allocation, Importance, Pattern, Penalty, Schedule} from 'tfjs-pruning';

  type Makers<T> = Record<string, (to: number) => T>;
  export const makers: {
    importance: Makers<Importance>;
    pattern: Makers<Pattern>;
    allocation: Makers<Allocation>;
    penalty: Makers<Penalty>;
    schedule: Makers<Schedule>;
  };
}

declare module 'virtual:shipped-page' {
  /** The page of demo/ship. */
  export const parts: import('../ship/build').Parts;
}

declare module 'virtual:own-page' {
  /** The page for the reader's own classes. */
  export const parts: import('../ship/build').Parts;
}

declare module 'virtual:tfjs-bytes' {
  export const tfjsBytes: number;
}

declare module '*?url' {
  const url: string;
  export default url;
}

declare module '*?gzipped' {
  /** The address of the gzipped file. */
  const url: string;
  export default url;
}

declare module '*.css' {}
