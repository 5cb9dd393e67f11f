/** The longest time between two yields, in milliseconds; with a step of half of it a page still runs at 20 Hz. */
const LONGEST = 25;

let last = 0;

/**
 * Lets the page or the timers of the process have their turn, if they had none for 25 ms. tfjs yields only from
 * plain callbacks, never when callbacks are instances.
 */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - last < LONGEST) {
    return;
  }
  // A message is a macrotask at once, where browsers hold a nested setTimeout back by 4 ms.
  await new Promise<void>((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => {
      // An open port would keep a Node process alive.
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  last = performance.now();
}
