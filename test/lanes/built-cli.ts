import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { build } from 'vite';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the built command line. */
    readonly builtCli: string;
  }
}

const ROOT = path.join(import.meta.dirname, '../..');
/** Two folders below the root, as main/cli is, so that paths from a module to the demo lead there too. */
const OUT = path.join(ROOT, 'out/test-cli');

/**
 * Builds the command line once for all test files of a lane: a process of it then starts without compiling.
 * `stop-at-write` is built with it, because it has to meet the same storage module as the program.
 */
export default async function buildCli({ provide }: TestProject): Promise<void> {
  provide('builtCli', await buildCommandLine());
}

/** Builds it, and returns the folder that holds it. */
export async function buildCommandLine(): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'warn',
    root: ROOT,
    resolve: { tsconfigPaths: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: OUT,
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        input: {
          tessera: path.join(ROOT, 'main/cli/tessera.ts'),
          'stop-at-write': path.join(ROOT, 'test/main/cli/stop-at-write.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js' },
      },
    },
  });
  return OUT;
}
