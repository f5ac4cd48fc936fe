import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as web from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { hasShared } from '../onnx/example-models.ts';
import { softwareVulkan } from '../runtime/software-vulkan.ts';
import { referenceProducts } from './reference-products.ts';
import type { ReferenceProduct } from './reference-products.ts';
import type { WebgpuResult } from './webgpu-vjp-entry.ts';

/** Every `tol` of the reference files. */
const RTOL = 1e-4;

async function inWebAssembly({ bytes, feeds }: ReferenceProduct) {
  const session = await web.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    const given = Object.entries(feeds).map(
      ([name, { data, dims }]) => [name, new web.Tensor('float32', data, [...dims])] as const,
    );
    const { a, gx } = await session.run(Object.fromEntries(given));
    return { a: a.data as Float32Array, gx: gx.data as Float32Array };
  } finally {
    await session.release();
  }
}

describe('backward graphs in onnxruntime-web (WebAssembly)', () => {
  web.env.wasm.numThreads = 1;
  web.env.logLevel = 'error';

  test.each(['nhwc_cnn_ts17', 'resnet_bottleneck_ts17', 'squeezenet_dyn20'])(
    '%s gives the numbers that torch gives',
    async (name) => {
      for (const product of referenceProducts(name)) {
        const got = await inWebAssembly(product);
        expect(got.a).toBeCloseInNorm(product.want.a, RTOL);
        expect(got.gx).toBeCloseInNorm(product.want.gx, RTOL);
      }
    },
  );
});

async function onWebgpu(parts: readonly string[]): Promise<WebgpuResult[]> {
  const entry = join(import.meta.dirname, 'webgpu-vjp-entry.ts');
  const env = { ...process.env, ...softwareVulkan };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', entry, ...parts], {
    env,
  });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"label"'))
    .map((line) => JSON.parse(line) as WebgpuResult);
}

describe.skipIf(softwareVulkan === undefined)(
  'backward graphs on webgpu, software Vulkan (skipped where no Chromium carries vk_swiftshader_icd.json)',
  () => {
    test.skipIf(!hasShared)(
      'models of three families run there and give the numbers that torch gives (skipped where ../shared is absent)',
      async () => {
        const names = ['nhwc_cnn_ts17', 'norms_ts17', 'convtranspose_dyn20'];
        const results = await onWebgpu(names.map((name) => `${name}:whole`));
        expect(results.map(({ label }) => label)).toEqual(names.map((name) => `${name} whole`));
        for (const { device, reasons, errors } of results) {
          expect({ device, reasons }).toEqual({ device: 'webgpu', reasons: [] });
          expect(errors.a).toBeLessThan(RTOL);
          expect(errors.gx).toBeLessThan(RTOL);
        }
      },
    );

    // ONNX Runtime 1.30's kernel is wrong where 3 x 3 taps take 6 channels to a multiple of 4.
    test('squeezenet_dyn20, a convolution of which comes out wrong there, goes to the CPU, says so, and is right', async () => {
      const [{ device, reasons, errors }] = await onWebgpu(['squeezenet_dyn20:whole']);
      expect(device).toBe('cpu');
      expect(reasons).toHaveLength(1);
      expect(reasons[0]).toMatch(/computed something else.*runs on the CPU instead/s);
      expect(errors.gx).toBeLessThan(RTOL);
    });
  },
);
