import {enableGradients} from '../../worker/gradients';
import type {Tell} from '../../worker/parts';
import type {Turns} from '../../worker/turns';
import {yieldToMessages} from '../../worker/yield';
import type {OwnCalls} from '../protocol';

/** Implements the calls about the reader's own images; their code is loaded by the first one. */
export function ownCalls(tell: Tell, turns: Turns): OwnCalls {
  let isStopped = false;
  return {
    prepareOwn: async () => {
      const {prepare} = await import('./train');
      await Promise.all([enableGradients(), prepare()]);
    },
    trainOwn: async (examples, sparsity) => {
      isStopped = false;
      const {train} = await import('./train');
      return train(examples, sparsity / 100, {
        tick: (tick) => tell('ownTick', tick),
        rest: () => turns.pause(yieldToMessages),
        isStopped: () => isStopped,
      });
    },
    stopOwn: async () => {
      isStopped = true;
    },
  };
}
