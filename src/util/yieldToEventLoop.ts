/** The maximum time between two yields in milliseconds; with steps of half of it a page still runs at 20 Hz. */
const LONGEST = 25;

let last = 0;

/** Yields to the event loop, unless it did in the last 25 ms. tfjs yields only for plain callbacks, never for instances. */
export async function yieldToEventLoop(): Promise<void> {
  if (performance.now() - last < LONGEST) {
    return;
  }
  // A message is an immediate macrotask; browsers delay a nested setTimeout by 4 ms.
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
