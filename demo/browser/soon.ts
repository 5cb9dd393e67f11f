const jobs = new Map<string, () => void>();
let running = false;

/**
 * Schedules a drawing job, each in its own task, so that the page stays responsive. A job that is scheduled again before
 * its turn runs once, in its latest form.
 */
export function soon(key: string, job: () => void): void {
  jobs.set(key, job);
  if (!running) {
    running = true;
    setTimeout(next);
  }
}

function next(): void {
  const [first] = jobs;
  if (first === undefined) {
    running = false;
    return;
  }
  const [key, job] = first;
  jobs.delete(key);
  setTimeout(next);
  job();
}

/** Resolves in another task, after the page has answered input. */
export function soonest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
