import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { copySharp } from './native/copy-sharp.ts';
import { buildStudyPage } from './study-page.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** `tsconfigPaths` finds the workspace core/implicit by its name. */
const QUIET = {
  configFile: false,
  logLevel: 'warn',
  root: ROOT,
  resolve: { tsconfigPaths: true },
} as const satisfies InlineConfig;

/**
 * Packages with native parts, or with backends that find one another and their WebAssembly by where they are installed, are
 * left there, and so is what builds the page of a study's participants; all others become part of the program.
 */
const INSTALLED = [
  'electron',
  'onnxruntime-node',
  'onnxruntime-common',
  'sharp',
  'vite',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
];

/** Main process, compute process and host. */
const main = modules('out/main', {
  index: 'main/boot/desktop.ts',
  host: 'main/boot/host.ts',
  'compute-process': 'main/compute/process.ts',
  'compute-utility': 'main/compute/utility.ts',
  'command-utility': 'main/boot/command-utility.ts',
});

/**
 * The command line, and what it starts to try a device; see main/cli/start.mjs. All of it lies two folders below the root, as
 * main/cli does, so that paths from a module lead to the same place.
 */
const commandLine = modules(
  'out/cli',
  { tessera: 'main/cli/tessera.ts', 'device-probe': 'core/runtime/device-probe.ts' },
  '',
);

/** ES modules for Node.js, by the names of their entries; `parts`: the folder of what they share. */
function modules(outDir: string, entries: Readonly<Record<string, string>>, parts = 'parts/'): InlineConfig {
  return {
    ...QUIET,
    ssr: { external: INSTALLED, noExternal: true },
    build: {
      ssr: true,
      target: 'node20',
      outDir: path.join(ROOT, outDir),
      emptyOutDir: true,
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(
          Object.entries(entries).map(([name, entry]) => [name, path.join(ROOT, entry)]),
        ),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: `${parts}[name]-[hash].js` },
      },
    },
  };
}

/** A sandboxed preload can only be CommonJS, in one file. */
const preload = script('main/boot/preload.ts', 'out/preload', 'preload.cjs', 'cjs');
const webBridge = script('main/web-host/page-bridge.ts', 'out/web', 'bridge.js', 'iife');

function script(entry: string, outDir: string, name: string, format: 'cjs' | 'iife'): InlineConfig {
  return {
    ...QUIET,
    build: {
      target: 'chrome130',
      outDir: path.join(ROOT, outDir),
      emptyOutDir: true,
      minify: false,
      lib: { entry: path.join(ROOT, entry), formats: [format], fileName: () => name, name: 'tesseraBridge' },
      rollupOptions: { external: ['electron'] },
    },
  };
}

/** Its time is that of its sources: what is written while it is built is newer. */
async function buildCommandLine(): Promise<void> {
  const begun = new Date();
  await build(commandLine);
  await utimes(path.join(ROOT, 'out/cli/tessera.js'), begun, begun);
}

/** Builds everything that the program runs into out/. */
export async function buildAll(): Promise<void> {
  await build(main);
  await buildCommandLine();
  await build(preload);
  await build(webBridge);
  await build({ configFile: path.join(ROOT, 'renderer/vite.config.ts'), logLevel: 'warn' });
  await buildStudyPage();
  await copySharp(path.join(ROOT, 'node_modules/@img'), path.join(ROOT, 'out/native'));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildAll();
