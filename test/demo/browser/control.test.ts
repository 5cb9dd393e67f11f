import {Control} from '../../../demo/browser/worker/control';

/** A run of some epochs of two steps each, and its log. */
function running(epochs: number) {
  const said: string[] = [];
  const control = new Control((phase) => said.push(phase));
  const run = async () => {
    control.begin('running');
    for (let step = 1; step <= 2 * epochs && !control.stopped; step++) {
      said.push(`step ${step}`);
      if (step % 2 === 0 && step < 2 * epochs) await control.epochEnd();
      await control.gate();
    }
    control.end();
  };
  return {control, said, run};
}

describe('Control', () => {
  it('lets a run finish', async () => {
    const {said, run} = running(1);
    await run();
    expect(said).toEqual(['running', 'step 1', 'step 2', 'idle']);
  });

  it('reports a pause only when it pauses between steps', async () => {
    const {control, said, run} = running(1);
    const done = run();
    control.command('pause');
    await Promise.resolve();
    await new Promise(setImmediate);
    expect(said).toEqual(['running', 'step 1', 'step 2', 'paused']);
    control.command('resume');
    await done;
    expect(said.slice(-2)).toEqual(['running', 'idle']);
  });

  it('continues by one epoch at a time, and does not wait after the last', async () => {
    const {control, said, run} = running(2);
    control.command('step');
    const done = run();
    await new Promise(setImmediate);
    expect(said).toEqual(['running', 'step 1', 'step 2', 'paused']);
    control.command('step');
    await done;
    expect(said.slice(4)).toEqual(['running', 'step 3', 'step 4', 'idle']);
  });

  it('stops a paused run, and starts the next one from the beginning', async () => {
    const {control, said, run} = running(2);
    control.command('step');
    const done = run();
    await new Promise(setImmediate);
    control.command('stop');
    await done;
    expect(control.stopped).toBe(true);
    expect(said.slice(-2)).toEqual(['running', 'idle']);
    await run();
    expect(control.stopped).toBe(false);
    expect(said.slice(-2)).toEqual(['step 4', 'idle']);
  });

  it('stops a run that waits for digits', async () => {
    const {control} = running(1);
    control.begin('waiting');
    const stopped = control.whenStopped();
    control.command('stop');
    await stopped;
    control.begin('running');
    expect(control.stopped).toBe(true);
  });
});
