const jobs = new Map<string, () => void>();
let running = false;

/**
 * Draws something soon, each thing in a task of its own, so that the page answers in between however much there is
 * to draw. What is asked for again before its turn is drawn once, as it is then.
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
