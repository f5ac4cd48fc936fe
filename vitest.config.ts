import { defineConfig } from 'vitest/config';

/*
 * Four lanes, told apart by name and folder; CONTRIBUTING.md says what belongs where.
 *   unit     everything else: no browser, no Electron, no built program
 *   long     whole runs, child processes, reference results that take seconds each
 *   browser  pages in Chromium, over a fake workbench or as a file
 *   e2e      the built program: the host on a local address, Electron, the packaged program
 */
const LONG = ['test/**/*.long.test.ts', 'test/**/experiments-golden.test.ts'];
const BROWSER = ['test/**/*.browser.test.ts'];
const E2E = ['test/e2e/**/*.test.ts'];

const lane = (name: string, include: string[], more: object = {}) => ({
  extends: true as const,
  test: { name, include, ...more },
});

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
      lane('unit', ['test/**/*.test.ts'], {
        exclude: [...LONG, ...BROWSER, ...E2E],
        // One process runs many files and loads each module once; test/one-process.test.ts says what that asks of a file.
        isolate: false,
      }),
      lane('long', LONG),
      lane('browser', BROWSER),
      lane('e2e', E2E),
    ],
  },
});
