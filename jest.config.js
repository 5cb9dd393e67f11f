const swc = {
  jsc: {parser: {syntax: 'typescript'}, target: 'es2022'},
  module: {type: 'commonjs'},
};

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: '<rootDir>/scripts/jest-environment.js',
  maxWorkers: 2,
  transform: {'\\.ts$': ['@swc/jest', swc]},
  // The public names, as in the paths of tsconfig.json.
  moduleNameMapper: {
    '^tfjs-pruning$': '<rootDir>/src/index.ts',
    '^tfjs-pruning/wasm$': '<rootDir>/src/wasm/index.ts',
    '^tfjs-pruning/(layers|callbacks)$': '<rootDir>/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/demo/out/'],
};
