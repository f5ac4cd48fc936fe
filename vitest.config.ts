import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Finds the workspace core/implicit by its name.
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/matchers/to-be-allclose.ts', 'test/matchers/fixed-seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // ONNX Runtime does not survive worker threads; a process each does.
    pool: 'forks',
    maxWorkers: 2,
  },
});
