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
 * left there; all others become part of the program.
 */
const INSTALLED = [
  'electron',
  'onnxruntime-node',
  'onnxruntime-common',
  'sharp',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
];

/** Main process, compute process and host: ES modules for Node.js. */
const main: InlineConfig = {
  ...QUIET,
  ssr: { external: INSTALLED, noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: path.join(ROOT, 'out/main'),
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      input: {
        index: path.join(ROOT, 'main/boot/desktop.ts'),
        host: path.join(ROOT, 'main/boot/host.ts'),
        'compute-process': path.join(ROOT, 'main/compute/process.ts'),
        'compute-utility': path.join(ROOT, 'main/compute/utility.ts'),
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'parts/[name]-[hash].js' },
    },
  },
};

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

/** Builds everything that the program runs into out/. */
export async function buildAll(): Promise<void> {
  await build(main);
  await build(preload);
  await build(webBridge);
  await build({ configFile: path.join(ROOT, 'renderer/vite.config.ts'), logLevel: 'warn' });
  await buildStudyPage();
  await copySharp(path.join(ROOT, 'node_modules/@img'), path.join(ROOT, 'out/native'));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await buildAll();
