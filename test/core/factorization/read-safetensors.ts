import { readFileSync } from 'node:fs';

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** The float32 tensors of a safetensors file, by name; other types are left out. */
export function readSafetensors(path: string): Record<string, { dims: number[]; data: Float32Array }> {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, Entry>;
  const tensors: Record<string, { dims: number[]; data: Float32Array }> = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    if (dtype !== 'F32') continue;
    const [from, to] = offsets.map((offset) => 8 + headerLength + offset);
    tensors[name] = { dims: shape, data: new Float32Array(Uint8Array.from(bytes.subarray(from, to)).buffer) };
  }
  return tensors;
}
