import { Reader, Writer } from 'protobufjs/minimal.js';

/*
 * Protocol-buffer messages described by tables, read and written with protobufjs' Reader and Writer. No code is
 * generated at run time, and unknown fields are skipped. https://protobuf.dev/programming-guides/encoding/
 */

/** Wire types of the format: varint, 64-bit, length-delimited, 32-bit. */
type WireType = 0 | 1 | 2 | 5;

/** How one kind of value is laid out. */
export interface Codec<T> {
  readonly wireType: WireType;
  read(reader: Reader): T;
  write(writer: Writer, value: T): void;
}

/** One field of a message: its number, its layout, and whether it repeats. */
export interface Field<T> {
  readonly id: number;
  readonly codec: Codec<unknown>;
  readonly repeated: boolean;
  /** Never set; carries the field's type. */
  readonly value?: T;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
/** A message as an object: per field its value, undefined or an empty list where it is absent. */
export type MessageOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

const toBigInt = ({ low, high }: { low: number; high: number }) => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** Values that Reader and Writer take under the same method name. */
interface PlainValues {
  readonly string: string;
  readonly bytes: Uint8Array;
  readonly int32: number;
  readonly float: number;
  readonly double: number;
}

function plain<M extends keyof PlainValues>(method: M, wireType: WireType): Codec<PlainValues[M]> {
  return {
    wireType,
    read: (reader) => reader[method]() as PlainValues[M],
    write: (writer, value) => {
      (writer[method] as (value: PlainValues[M]) => Writer).call(writer, value);
    },
  };
}

function wide(method: 'int64' | 'uint64', wrapped: (value: bigint) => bigint): Codec<bigint> {
  return {
    wireType: 0,
    read: (reader) => wrapped(toBigInt(reader[method]())),
    write: (writer, value) => writer[method](value.toString()),
  };
}

/** Text in UTF-8. */
export const text = plain('string', 2);
/** Bytes as they are. */
export const bytes = plain('bytes', 2);
/** An integer of 64 bits, with a sign. */
export const signed = wide('int64', (value) => BigInt.asIntN(64, value));
/** An integer of 64 bits, without a sign. */
export const unsigned = wide('uint64', (value) => BigInt.asUintN(64, value));
/** An integer of 32 bits, with a sign; the codes of enumerations too. */
export const int32 = plain('int32', 0);
/** A real number in single precision. */
export const float = plain('float', 5);
/** A real number in double precision. */
export const double = plain('double', 1);

/** A field that may be absent. */
export function one<T>(id: number, codec: Codec<T>): Field<T | undefined> {
  return { id, codec: codec, repeated: false };
}

/** A repeated field; absent reads as an empty list. Numbers are written packed and read either way. */
export function many<T>(id: number, codec: Codec<T>): Field<readonly T[]> {
  return { id, codec: codec, repeated: true };
}

function readPacked(reader: Reader, codec: Codec<unknown>, into: unknown[]): void {
  const end = reader.uint32() + reader.pos;
  if (end > reader.len) throw new RangeError('packed field runs past the end');
  while (reader.pos < end) into.push(codec.read(reader));
  if (reader.pos !== end) throw new RangeError('packed field ends inside a value');
}

function readField(
  reader: Reader,
  wireType: number,
  name: string,
  field: Field<unknown>,
  into: Writable,
): void {
  const { codec, repeated } = field;
  if (!repeated && wireType === codec.wireType) into[name] = codec.read(reader);
  else if (repeated && wireType === codec.wireType) (into[name] as unknown[]).push(codec.read(reader));
  else if (repeated && wireType === 2) readPacked(reader, codec, into[name] as unknown[]);
  else throw new RangeError(`field ${name} has wire type ${wireType}, expected ${codec.wireType}`);
}

type Writable = Record<string, unknown>;

function readFields(reader: Reader, end: number, fields: Fields): Writable {
  const byId = new Map(Object.entries(fields).map(([name, field]) => [field.id, { name, field }]));
  const message: Writable = {};
  for (const [name, field] of Object.entries(fields)) message[name] = field.repeated ? [] : undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    const known = byId.get(tag >>> 3);
    if (known) readField(reader, tag & 7, known.name, known.field, message);
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  if (reader.pos !== end) throw new RangeError('message ends inside a field');
  return message;
}

function writeMany(writer: Writer, { id, codec }: Field<unknown>, values: readonly unknown[]): void {
  if (values.length === 0) return;
  if (codec.wireType === 2) {
    for (const value of values) codec.write(writer.uint32((id << 3) | 2), value);
    return;
  }
  writer.uint32((id << 3) | 2).fork();
  for (const value of values) codec.write(writer, value);
  writer.ldelim();
}

function writeFields(writer: Writer, fields: Fields, message: Writable): void {
  for (const [name, field] of Object.entries(fields)) {
    const value = message[name];
    if (field.repeated) writeMany(writer, field, (value ?? []) as readonly unknown[]);
    else if (value !== undefined)
      field.codec.write(writer.uint32((field.id << 3) | field.codec.wireType), value);
  }
}

/** The layout of a nested message. `fields` is a function so that messages may contain each other. */
export function nested<T>(fields: () => Fields): Codec<T> {
  return {
    wireType: 2,
    read: (reader) => {
      const length = reader.uint32();
      if (reader.pos + length > reader.len) throw new RangeError('message runs past the end');
      return readFields(reader, reader.pos + length, fields()) as T;
    },
    write: (writer, value) => {
      writeFields(writer.fork(), fields(), value as Writable);
      writer.ldelim();
    },
  };
}

/** As {@link nested}, for a message that does not contain itself. */
export function message<F extends Fields>(fields: F): Codec<Partial<MessageOf<F>>> {
  return nested(() => fields);
}

/** Reads a whole buffer as one message; throws RangeError or Error where the bytes are not one. */
export function readMessage<F extends Fields>(fields: F, buffer: Uint8Array): MessageOf<F> {
  const reader = new Reader(buffer);
  return readFields(reader, buffer.length, fields) as MessageOf<F>;
}

/** Serialises one message. */
export function writeMessage<F extends Fields>(fields: F, message: Partial<MessageOf<F>>): Uint8Array {
  const writer = new Writer();
  writeFields(writer, fields, message);
  return writer.finish();
}
