import type {Events} from '../protocol';
import type {Mnist} from './digits';
import type {Traces} from './recipe';
import type {Stage} from './stage';
import type {Turns} from './turns';

export type Tell = <Name extends keyof Events>(event: Name, value: Events[Name]) => void;

/** The parts that calls share. */
export interface Parts {
  readonly tell: Tell;
  readonly turns: Turns;
  readonly mnist: Mnist;
  readonly traces: Traces;
  readonly stage: Stage;
}
