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
  /** The page of demo/ship before its network is known, and the hash of its style. */
  export const parts: {html: string; script: string; style: string};
  /** The gzipped bytes of tfjs. */
  export const tfjsBytes: number;
}

declare module '*?url' {
  const url: string;
  export default url;
}

declare module '*.css' {}
