import {assertOneOf, assertOptions} from '../../util/options';
import type {AverageOptions, Confusion, Metric} from './metric';

/** Counts for one class, or for all classes together. */
export interface Outcome {
  /** True positives. */
  right: number;
  /** Examples predicted as the class. */
  predicted: number;
  /** Examples of the class. */
  actual: number;
}

const averages = {
  binary: (outcomes: Outcome[], figure: Figure) => figure(outcomes[1]),
  macro: (outcomes: Outcome[], figure: Figure) => {
    const met = outcomes.filter(({actual, predicted}) => actual + predicted > 0);
    return met.reduce((sum, outcome) => sum + figure(outcome), 0) / met.length;
  },
  weighted: (outcomes: Outcome[], figure: Figure) => {
    const total = outcomes.reduce((sum, {actual}) => sum + actual, 0);
    return outcomes.reduce((sum, outcome) => sum + (figure(outcome) * outcome.actual) / total, 0);
  },
  micro: (outcomes: Outcome[], figure: Figure) =>
    figure({
      right: sumOf(outcomes, 'right'),
      predicted: sumOf(outcomes, 'predicted'),
      actual: sumOf(outcomes, 'actual'),
    }),
};

type Figure = (outcome: Outcome) => number;

const sumOf = (outcomes: Outcome[], key: keyof Outcome) => outcomes.reduce((sum, {[key]: x}) => sum + x, 0);

/** A metric that averages a figure of each class. @throws on an unknown average. */
export function averaged(metricName: string, options: AverageOptions, figure: Figure): Metric {
  assertOptions(metricName, options, ['average']);
  const {average} = options;
  if (average !== undefined) assertOneOf(metricName, 'average', average, Object.keys(averages));
  return Object.assign(
    (confusion: Confusion) => {
      const outcomes = outcomesOf(confusion);
      return averages[average ?? (confusion.classes === 2 ? 'binary' : 'macro')](outcomes, figure);
    },
    {metricName},
  );
}

function outcomesOf({classes, counts}: Confusion): Outcome[] {
  const outcomes = Array.from({length: classes}, () => ({right: 0, predicted: 0, actual: 0}));
  for (let i = 0; i < counts.length; i++) {
    const [actual, predicted] = [Math.floor(i / classes), i % classes];
    outcomes[actual].actual += counts[i];
    outcomes[predicted].predicted += counts[i];
    if (actual === predicted) outcomes[actual].right += counts[i];
  }
  return outcomes;
}
