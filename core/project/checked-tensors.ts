import { invariant, TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import type { Tensor } from '../tensor.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** Arrays by name, and named texts beside them. */
interface CheckedTensors<Name extends string> {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly facts: Readonly<Record<Name, string>>;
}

const SUM = 'sha256';

/** Arrays and texts as a safetensors file that says the SHA-256 of all it holds, so that a flipped bit is found out. */
export function encodeChecked(
  storage: Pick<Storage, 'sha256'>,
  { tensors, facts }: CheckedTensors<string>,
): Uint8Array {
  return encodeSafetensors(tensors, { ...facts, [SUM]: checksumOf(storage, { tensors, facts }) });
}

/**
 * The inverse of {@link encodeChecked}, for the names of the texts in their order; undefined for bytes that it did not
 * make, or that were changed since.
 */
export function decodeChecked<Name extends string>(
  storage: Pick<Storage, 'sha256'>,
  bytes: Uint8Array,
  names: readonly Name[],
): CheckedTensors<Name> | undefined {
  const content = decoded(bytes);
  if (content === undefined) return undefined;
  const { tensors, metadata } = content;
  if (!names.every((name) => name in metadata)) return undefined;
  const facts = Object.fromEntries(names.map((name) => [name, metadata[name]])) as Record<Name, string>;
  return checksumOf(storage, { tensors, facts }) === metadata[SUM] ? { tensors, facts } : undefined;
}

function decoded(bytes: Uint8Array) {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof TesseraError && error.code === 'bad-tensor') return undefined;
    throw error;
  }
}

/** SHA-256 over names, types, shapes and bytes of the arrays, and the texts in their order. */
function checksumOf(storage: Pick<Storage, 'sha256'>, { tensors, facts }: CheckedTensors<string>): string {
  const arrays = [...tensors]
    .map(([name, { type, dims, data }]) => [name, type, dims, storage.sha256(bytesOf(data))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const summary = JSON.stringify([arrays, ...Object.values(facts)]);
  return storage.sha256(new TextEncoder().encode(summary));
}

function bytesOf(data: Tensor['data']): Uint8Array {
  invariant(ArrayBuffer.isView(data), 'strings are not stored');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
