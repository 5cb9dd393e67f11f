import {runInContext} from 'node:vm';
import {TestEnvironment} from 'jest-environment-node';

/** The start of the banner about tfjs-node that the CPU backend prints with its first tensor in Node. */
const BANNER = 'Hi, looks like you are running TensorFlow.js in Node.js';

const hasInstance = Function.prototype[Symbol.hasInstance];

/**
 * A Node environment in which `instanceof` works as outside of jest.
 *
 * Jest runs each test file in a separate realm, but the results of Node's functions (structuredClone, fetch, fs) belong to
 * the outer realm. So does ArrayBuffer, which jest replaces, but not the buffer of a new Float32Array. In plain jest
 * `structuredClone([]) instanceof Array` and `new Float32Array(1).buffer instanceof ArrayBuffer` are therefore false, and
 * tfjs, which tests this way, cannot load a cloned model. This environment restores the realm's ArrayBuffer, and makes each
 * built-in class accept instances of the outer class of the same name.
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
        // Subclasses inherit this method, but only the class itself has an outer class of its name.
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
    // Wraps this method, because jest would show a wrapper of `warn` as the origin of all other warnings.
    console._log = function (type, message) {
      if (!message.includes(BANNER)) log.call(this, type, message);
    };
  }
}
