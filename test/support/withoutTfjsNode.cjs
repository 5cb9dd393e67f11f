// With `node --require`, hides an installed @tensorflow/tfjs-node from the process.
const Module = require('node:module');
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (name === '@tensorflow/tfjs-node') {
    throw Object.assign(new Error(`Cannot find module '${name}'`), {code: 'MODULE_NOT_FOUND'});
  }
  return resolve.call(this, name, ...rest);
};
