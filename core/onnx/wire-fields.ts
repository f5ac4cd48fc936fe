import { Reader } from 'protobufjs/minimal.js';

/** A field of a message as it lies in the bytes of a file. */
export interface WireField {
  readonly id: number;
  /** First byte of its tag, first byte of its value, and the byte after its value. */
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

/**
 * The fields of the message in bytes `start` to `end`, in order, whatever they mean: for changing one and leaving every
 * other byte as it is. Throws RangeError or Error where the bytes are no message.
 */
export function* wireFields(bytes: Uint8Array, start = 0, end = bytes.length): Generator<WireField> {
  const reader = new Reader(bytes);
  reader.pos = start;
  while (reader.pos < end) {
    const from = reader.pos;
    const tag = reader.uint32();
    const isLong = (tag & 7) === 2;
    const length = isLong ? reader.uint32() : 0;
    const value = reader.pos;
    if (isLong) reader.pos += length;
    else reader.skipType(tag & 7, 0, tag >>> 3);
    if (reader.pos > end) throw new RangeError('field runs past the end');
    yield { id: tag >>> 3, start: from, value, end: reader.pos };
  }
}
