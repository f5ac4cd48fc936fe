import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PLAN_KERNEL } from './kernels/plan-kernel.ts';
import { ROW_KERNEL } from './kernels/row-kernel.ts';
import { SPARSE_KERNEL } from './kernels/sparse-kernel.ts';
import { SWEEP_KERNEL } from './kernels/sweep-kernel.ts';
import { assemble, type KernelModule } from './kernels/wat/module.ts';

const CORE = path.join(import.meta.dirname, '../../core');

/** Constants of each file in core that holds kernels, and the modules whose bytes they are. */
const FILES: Readonly<Record<string, Readonly<Record<string, KernelModule>>>> = {
  'implicit/compiled/plan-kernel-bytes.ts': { PLAN_KERNEL },
  'linalg/row-kernel-bytes.ts': { ROW_KERNEL },
  'linalg/sparse-kernel-bytes.ts': { SPARSE_KERNEL },
  'autodiff/sparse-sweep/sweep-kernel-bytes.ts': {
    SWEEP_KERNEL,
    SWEEP_KERNEL_FUSED: { ...SWEEP_KERNEL, isFused: true },
  },
};

/** Text of the files that hold the kernels' bytes in base64, by their absolute paths. */
export async function kernelFiles(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const [name, modules] of Object.entries(FILES)) {
    const constants: string[] = [];
    for (const [constant, module] of Object.entries(modules)) {
      const bytes = Buffer.from(await assemble(module)).toString('base64');
      const rounding = module.isFused ? ', with fused multiply-adds' : '';
      constants.push(
        `/** A WebAssembly module in base64${rounding}. */\nexport const ${constant} =\n  '${bytes}';\n`,
      );
    }
    const heading = '// Made by `npm run build:kernels` from main/build/kernels.\n';
    files.set(path.join(CORE, name), heading + constants.join(''));
  }
  return files;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const [file, text] of await kernelFiles()) await writeFile(file, text);
