import { writeSync } from 'node:fs';
import { openChecked } from '../../../core/runtime/checked-session.ts';
import { createGemm } from '../../../core/runtime/gemm.ts';
import { noise } from '../../../core/runtime/probe-model.ts';
import { createSessionFactory } from '../../../core/runtime/session.ts';
import type { Matrix } from '../../../core/linalg/matrix.ts';
import type { Gemm } from '../../../core/platform.ts';

// Runs in a process of its own, whose environment names the Vulkan driver; prints what webgpu and the CPU computed.
const random = (rows: number, cols: number, seed: number): Matrix => ({
  rows,
  cols,
  data: noise([rows, cols], seed).data,
});
const a = random(40, 24, 1);

async function products(gemm: Gemm) {
  const bound = await gemm.bind(a);
  const timesTransposed = await bound.timesTransposed(random(3, 24, 2));
  const transposedTimes = await bound.transposedTimes(random(40, 3, 3));
  return [...timesTransposed.data, ...transposedTimes.data];
}

const fallbacks: string[] = [];
const devices: string[] = [];
const webgpu = createGemm(
  {
    device: 'webgpu',
    async open(model) {
      const session = await openChecked(model, {
        device: 'webgpu',
        onFallback: (reason) => fallbacks.push(reason),
      });
      devices.push(session.device);
      return session;
    },
  },
  { blockBytes: 4 * 24 * 25 },
);
const got = await products(webgpu);
const want = await products(createGemm(createSessionFactory({ device: 'cpu' })));
writeSync(1, `\n${JSON.stringify({ got, want, fallbacks, devices: [...new Set(devices)] })}\n`);
process.exit(0);
