import { writeSync } from 'node:fs';
import { openChecked } from '../../../core/runtime/checked-session.ts';
import { relativeError } from '../../../core/runtime/relative-error.ts';
import { float32 } from '../../../core/tensor.ts';
import { referenceProducts } from './reference-products.ts';
import type { ReferenceProduct } from './reference-products.ts';

/** What came of one product on webgpu; `reasons` is not empty where the session went to the CPU. */
export interface WebgpuResult {
  readonly label: string;
  readonly device: string;
  readonly reasons: readonly string[];
  /** Relative L2 errors against torch's float64. */
  readonly errors: { readonly a: number; readonly gx: number };
}

async function measure({ label, bytes, feeds, want }: ReferenceProduct): Promise<WebgpuResult> {
  const reasons: string[] = [];
  const session = await openChecked(bytes, {
    device: 'webgpu',
    threads: 1,
    onFallback: (reason) => reasons.push(reason),
  });
  const got = await session.run(feeds);
  const error = (name: 'a' | 'gx') =>
    relativeError({ [name]: got[name] }, { [name]: float32(want[name], got[name].dims) });
  const { device } = session;
  await session.dispose();
  return { label, device, reasons, errors: { a: error('a'), gx: error('gx') } };
}

// Runs in a process of its own, whose environment names the Vulkan driver: node entry NAME[:whole]…
for (const argument of process.argv.slice(2)) {
  const [name, part] = argument.split(':');
  const products = referenceProducts(name).filter(({ label }) => !part || label.endsWith(part));
  for (const product of products) writeSync(1, `\n${JSON.stringify(await measure(product))}\n`);
}
process.exit(0);
