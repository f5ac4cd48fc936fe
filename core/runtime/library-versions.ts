import { env } from 'onnxruntime-node';
import sharp from 'sharp';

/** Versions of the libraries that compute and decode, for the record of a run. */
export function libraryVersions(): Record<string, string> {
  return {
    'onnxruntime-node': env.versions.node ?? env.versions.common,
    sharp: sharp.versions.sharp ?? 'unknown',
    libvips: sharp.versions.vips,
  };
}
