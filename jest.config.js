// tfjs-node reads this when it loads, and otherwise prints its instruction sets; tests get only a copy of process.env.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

const swc = {
  jsc: {parser: {syntax: 'typescript'}, target: 'es2022'},
  module: {type: 'commonjs'},
};

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: '<rootDir>/scripts/jest-environment.js',
  reporters: ['default', '<rootDir>/scripts/skipped.js'],
  maxWorkers: 2,
  // Tests run in a context of their own, where looking up globals takes longer than the hot loops that use them.
  sandboxInjectedGlobals: ['Math', 'Number'],
  // Only ends tests that hang; slow machines must not fail.
  testTimeout: 120_000,
  transform: {'\\.ts$': ['@swc/jest', swc]},
  // The public names, as in the paths of tsconfig.json.
  moduleNameMapper: {
    '^tfjs-pruning$': '<rootDir>/src/index.ts',
    '^tfjs-pruning/(graph|matrix|runtime|statistics|storage|wasm)$': '<rootDir>/src/$1/index.ts',
    '^tfjs-pruning/metrics$': '<rootDir>/src/evaluate/metric/index.ts',
    '^tfjs-pruning/(layers|callbacks)$': '<rootDir>/$1/index.ts',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/demo/out/',
    '<rootDir>/.venv-keras/',
    '<rootDir>/.venv-torch/',
  ],
};
