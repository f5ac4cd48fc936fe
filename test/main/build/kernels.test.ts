import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { kernelFiles } from '../../../main/build/kernels.ts';
import { ROW_KERNEL } from '../../../main/build/kernels/row-kernel.ts';
import { SPARSE_KERNEL } from '../../../main/build/kernels/sparse-kernel.ts';
import { SWEEP_KERNEL } from '../../../main/build/kernels/sweep-kernel.ts';
import { watOf } from '../../../main/build/kernels/wat/module.ts';

describe('kernelFiles()', () => {
  it('makes the bytes that are checked in', async () => {
    const files = await kernelFiles();
    expect(files.size).toBe(4);
    for (const [file, text] of files) {
      const isCurrent = (await readFile(file, 'utf8')) === text;
      expect(isCurrent, `${file} is not what its sources make: run \`npm run build:kernels\``).toBe(true);
    }
  });

  it('fuses every multiply-add of the sweep kernel, and none where it is not asked to', () => {
    expect(watOf({ ...SWEEP_KERNEL, isFused: true })).not.toContain('f32x4.mul');
    for (const kernel of [ROW_KERNEL, SPARSE_KERNEL, SWEEP_KERNEL]) {
      expect(watOf(kernel)).toContain('f32x4.mul');
      expect(watOf(kernel)).not.toContain('relaxed');
    }
  });
});
