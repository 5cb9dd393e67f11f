import {runInContext} from 'node:vm';
import {TestEnvironment} from 'jest-environment-node';

/** The start of the advice to install tfjs-node, which the CPU backend prints with its first tensor in Node. */
const BANNER = 'Hi, looks like you are running TensorFlow.js in Node.js';

const hasInstance = Function.prototype[Symbol.hasInstance];

/**
 * Node for tests, where `instanceof` means what it means outside of jest.
 *
 * Jest runs a test in a realm of its own, but what Node's functions return (structuredClone, fetch, fs) is of the
 * outer realm, and so is ArrayBuffer, which jest replaces, but not the buffer of a new Float32Array. So plain jest
 * says false to `structuredClone([]) instanceof Array` and `new Float32Array(1).buffer instanceof ArrayBuffer`, and
 * tfjs, which asks that way, cannot load a cloned model. Here the realm gets its own ArrayBuffer back, and each of
 * its built-in classes takes the instances of its outer namesake for its own.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.ArrayBuffer = runInContext('new Float32Array().buffer.constructor', this.context);
    for (const [name, {value: outer}] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
      if (typeof outer !== 'function' || !outer.prototype) continue;
      const inner = this.global[name];
      if (inner === outer) continue;
      Object.defineProperty(inner, Symbol.hasInstance, {
        configurable: true,
        // A subclass inherits this: only the class itself has an outer namesake.
        value(object) {
          return hasInstance.call(this, object) || (this === inner && hasInstance.call(outer, object));
        },
      });
    }
  }

  async setup() {
    await super.setup();
    const {console} = this.global;
    const log = console._log;
    // Here, as a wrapper of `warn` would be the place that jest shows for all other warnings.
    console._log = function (type, message) {
      if (!message.includes(BANNER)) log.call(this, type, message);
    };
  }
}
