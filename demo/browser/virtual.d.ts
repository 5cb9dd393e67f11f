declare module 'virtual:choices' {
  import type {Family} from '../../scripts/catalog';
  import type {Choice} from './build/choices';
  export const choices: Record<Family, Choice[]>;
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

declare module '*.css' {}
