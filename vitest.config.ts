import { defineConfig } from 'vitest/config';

/*
 * Four lanes, told apart by name and folder; CONTRIBUTING.md says what belongs where.
 *   unit     everything else: no browser, no Electron, no built program (two projects, one for TensorFlow.js)
 *   long     whole runs, child processes, reference results that take seconds each
 *   browser  pages in Chromium, over a fake workbench or as a file
 *   e2e      the built program: the host on a local address, Electron, the packaged program
 */
const LONG = ['test/**/*.long.test.ts'];
const BROWSER = ['test/**/*.browser.test.ts'];
const E2E = ['test/e2e/**/*.test.ts'];
const OTHER_LANES = [...LONG, ...BROWSER, ...E2E];
const UNIT = ['test/**/*.test.ts'];
const TENSORS = [
  'test/core/{implicit,experiments}/**/*.test.ts',
  'test/core/factorization/{nmf-derivative,polish-bank}.test.ts',
  'test/core/pipeline/bank-movement.test.ts',
  'test/core/runtime/tfjs-backend.test.ts',
  'test/main/cli/run-experiment-command.test.ts',
];

interface Lane {
  readonly include: string[];
  readonly exclude?: string[];
  readonly isolate?: boolean;
  /** What is started or built once, before the first test of the lane. */
  readonly globalSetup?: string[];
}
const lane = (name: string, settings: Lane) => ({ extends: true as const, test: { name, ...settings } });

export default defineConfig({
  // Finds the workspace core/implicit by its name.
  resolve: { tsconfigPaths: true },
  test: {
    setupFiles: ['test/matchers/to-be-allclose.ts', 'test/matchers/fixed-seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // ONNX Runtime does not survive worker threads; a process each does.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      // One process runs many files and loads each module once, so a file leaves no global changed behind it.
      lane('unit', { include: UNIT, exclude: [...OTHER_LANES, ...TENSORS], isolate: false }),
      // TensorFlow.js keeps its kernels and gradients in one global, which every package of it adds to.
      lane('unit-tensors', { include: TENSORS, exclude: OTHER_LANES }),
      lane('long', { include: LONG, globalSetup: ['test/lanes/built-cli.ts'] }),
      lane('browser', {
        include: BROWSER,
        globalSetup: ['test/lanes/chromium.ts', 'test/lanes/fake-workbench-page.ts'],
      }),
      lane('e2e', { include: E2E, globalSetup: ['test/lanes/chromium.ts', 'test/lanes/built-program.ts'] }),
    ],
  },
});
