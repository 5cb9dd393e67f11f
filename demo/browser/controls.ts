import {enableLoading} from './components/files';
import type {Form} from './components/form';
import type {Presets} from './components/presets';
import type {Runs} from './components/runs';
import type {Shipping} from './components/shipping';
import type {Slider} from './components/slider';
import type {Status} from './components/status';
import type {OwnSection} from './own/section';
import type {Calls, Phase} from './protocol';

interface Controls {
  slider: Slider;
  presets: Presets;
  form: Form;
  shipping: Shipping;
  own: OwnSection;
  runs: Runs;
  status: Status;
}

interface State {
  phase: Phase;
  /** The commands that run or wait. */
  commands: readonly (keyof Calls)[];
  hasStarted: boolean;
  hasPreview: boolean;
}

/** Enables the controls for a state: during a command, only those that act on it. */
export function enableControls(controls: Controls, {phase, commands, hasStarted, hasPreview}: State): void {
  const {slider, presets, form, shipping, own, runs, status} = controls;
  // Pruning by the slider is short, and other commands wait for it.
  const isFree = hasStarted && commands.every((name) => name === 'prune');
  slider.disabled = !isFree && !hasPreview;
  for (const control of [presets, form, shipping]) control.disabled = !isFree;
  own.isFree = isFree;
  runs.show(phase, !isFree);
  status.enable(
    commands.every((name) => name === 'prune' || name === 'start'),
    hasStarted,
  );
  enableLoading(isFree);
}
