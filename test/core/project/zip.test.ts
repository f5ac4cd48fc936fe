import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { encodeZip } from '../../../core/project/zip.ts';

describe('encodeZip()', () => {
  const files = new Map([
    ['audit/README.md', new TextEncoder().encode('ä'.repeat(1000))],
    ['audit/model.onnx', Uint8Array.from({ length: 100 }, (_, i) => i)],
  ]);

  it('holds every file by its name, byte for byte, and packs what packs', () => {
    const bytes = encodeZip(files);
    const found = unzipSync(bytes);
    expect(Object.keys(found)).toEqual([...files.keys()]);
    for (const [name, content] of files) expect(found[name]).toEqual(content);
    expect(bytes.length).toBeLessThan(1000);
  });

  it('gives equal bytes for equal files', () => {
    expect(encodeZip(files)).toEqual(encodeZip(files));
  });

  it('refuses more than it can hold, in words', () => {
    // A length is all that is looked at.
    const large = { length: 2 ** 31 + 1 } as Uint8Array;
    expect(() => encodeZip(new Map([['large.onnx', large]]))).toThrow(
      '2.0 GiB together; one ZIP file holds 2 GiB',
    );
  });
});
