"""Runs a shipped module on the floats of a file: wasm, file of inputs, file for outputs, number of outputs."""

import sys

from wasmtime import Instance, Module, Store

wasm, x, y, count = sys.argv[1:]
store = Store()
exports = Instance(store, Module.from_file(store.engine, wasm), []).exports(store)
memory = exports['memory']
with open(x, 'rb') as file:
    memory.write(store, file.read(), exports['input'].value(store))
exports['run'](store)
start = exports['output'].value(store)
with open(y, 'wb') as file:
    file.write(memory.read(store, start, start + 4 * int(count)))
