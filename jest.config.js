// Read by tfjs-node as it loads, which otherwise tells of its instruction sets; tests have only a copy of it.
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
  // Only to end a test that hangs; a slow machine is no failure.
  testTimeout: 120_000,
  transform: {'\\.ts$': ['@swc/jest', swc]},
  // The public names, as in the paths of tsconfig.json.
  moduleNameMapper: {
    '^tfjs-pruning$': '<rootDir>/src/index.ts',
    '^tfjs-pruning/(wasm|storage)$': '<rootDir>/src/$1/index.ts',
    '^tfjs-pruning/(layers|callbacks)$': '<rootDir>/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/demo/out/', '<rootDir>/.venv-keras/'],
};
