import type {Importance} from '../../src/importance/importance';
import {element} from '../../src/pattern/element';
import type {Pattern} from '../../src/pattern/pattern';
import type {Schedule} from '../../src/schedule';
import {ask, assertPart} from '../../src/util/factory';
import {assertCount, assertNumber, assertOptions} from '../../src/util/options';
import {assertWhere, type Where} from '../../src/where';

/** Options for `regrowth`. */
export interface RegrowthOptions {
  /**
   * Scores the pruned weights to grow again, the highest first: `gradient()`, as in RigL, or `random()`, as in SET. Gradients are
   * those of the batch after which masks are updated.
   */
  by: Importance;
  /**
   * The share of a weight's remaining units that an update replaces, in [0, 1): a number, which decays to 0 at `end` along half a
   * cosine wave, or a schedule of progress from `begin` to `end`; 0.3 by default. 0 keeps the masks.
   */
  share?: number | Schedule;
  /** The number of batches from one update to the next; 100 by default. */
  every?: number;
  /** The batch after which masks are first updated, counted over the callback's life; `every` by default. */
  begin?: number;
  /** The batch from which on masks are kept; three quarters of the run by default. */
  end?: number;
  /** The units that are dropped and grown: `element()` by default, or `block()`, `kernel()` and the like. */
  pattern?: Pattern;
  /** The weights whose masks change; all by default. */
  where?: Where;
}

/** The options with their defaults. */
export type Growth = Required<Pick<RegrowthOptions, 'by' | 'every' | 'begin' | 'pattern'>> &
  Pick<RegrowthOptions, 'end' | 'where'> & {readonly share: Schedule};

/** @throws on bad options. */
export function parseRegrowth(options: RegrowthOptions): Growth {
  assertOptions('regrowth', options, ['by', 'share', 'every', 'begin', 'end', 'pattern', 'where']);
  const {by, share = 0.3, every = 100, begin = every, end, pattern = element(), where} = options;
  assertPart('regrowth', 'importance', by);
  if (by.needs?.some(({source}) => source === 'sampledGradients')) {
    throw new Error(
      'regrowth: the importance samples targets, and scores pruned elements by their values, which are 0; use gradient() or random()',
    );
  }
  if (typeof share !== 'number') assertPart('regrowth', 'schedule', share);
  else assertShare(share);
  assertCount('regrowth', 'every', every);
  assertCount('regrowth', 'begin', begin, 0);
  if (end !== undefined) assertCount('regrowth', 'end', end, 1);
  assertPart('regrowth', 'pattern', pattern);
  if (pattern.tie ?? pattern.dependents ?? pattern.select) {
    throw new Error(
      'regrowth: the units of the pattern are tied to other weights or selected by itself, as those of channel() and nOfM(); ' +
        'use element(), block() or kernel()',
    );
  }
  if (where !== undefined) assertWhere('regrowth', where);
  const decayed = (p: number) => ((share as number) * (1 + Math.cos(Math.PI * p))) / 2;
  const at = typeof share === 'number' ? decayed : (p: number) => ask('regrowth', 'schedule', share, p);
  return {by, share: at, every, begin, end, pattern, where};
}

function assertShare(share: unknown): asserts share is number {
  assertNumber(
    'regrowth',
    'share',
    share,
    'a number in [0, 1) or a schedule of such',
    (x) => x >= 0 && x < 1,
  );
}

/**
 * The shares of a run's updates, by the batches after which they happen.
 *
 * @param batches The number of batches of the whole run, if known.
 * @throws on a bad share, without updates, or if the end is unknown.
 */
export function planRegrowth(
  {share, every, begin, end: given}: Growth,
  batches: number | undefined,
): Map<number, number> {
  const end = given ?? (batches && Math.ceil(batches * 0.75));
  if (end === undefined) throw new Error('regrowth: the number of batches is not known here, so give `end`');
  if (begin >= end) {
    throw new Error(
      `regrowth: nothing would be grown, as begin ${begin} is not before end ${end}` +
        (given === undefined ? ', three quarters of the run' : '; counted in batches'),
    );
  }
  const updates = new Map<number, number>();
  for (let batch = begin; batch < end; batch += every) {
    const at = share((batch - begin) / (end - begin));
    assertShare(at);
    updates.set(batch, at);
  }
  return updates;
}
