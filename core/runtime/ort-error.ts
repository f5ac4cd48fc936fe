import { TesseraError } from '../errors.ts';

/** What was being done when ONNX Runtime failed. */
export type OrtActivity = 'load' | 'run';

/**
 * Puts a failure of ONNX Runtime into words a person can act on. The library only gives text, so the kind is read
 * from it: 'out-of-memory', 'unsupported-operator' (naming the operator), 'bad-tensor' (input of the wrong shape or
 * type), otherwise 'bad-model', naming the failing node when a run failed.
 */
export function ortError(activity: OrtActivity, cause: unknown): TesseraError {
  const raw = cause instanceof Error ? cause.message : String(cause);
  const text = plain(raw);
  return (
    outOfMemory(raw, text, cause) ??
    unsupportedOperator(raw, cause) ??
    badInput(raw, text, cause) ??
    badModel(activity, raw, text, cause)
  );
}

const MEMORY =
  /failed to allocate|bad_alloc|out of memory|alloc(ation)? fail|not enough memory|E_OUTOFMEMORY|GPUOutOfMemory/i;
/** All that a graphics card says whose memory ran out: a buffer that was not made is looked for in vain. */
const LOST_BUFFER = /raw_hash_map(<.*>)?::at/;

function outOfMemory(raw: string, text: string, cause: unknown): TesseraError | undefined {
  const isLost = LOST_BUFFER.test(raw);
  if (!isLost && !MEMORY.test(raw)) return undefined;
  const what = isLost ? 'the graphics card has no room for a buffer' : text;
  return new TesseraError('out-of-memory', `the model ran out of memory: ${what}`, {
    hint: 'Use a smaller batch or smaller pictures, or close other programs.',
    cause,
  });
}

const OPERATOR = [
  /No Op registered for (?<operator>\S+) with domain_version of (?<version>\d+)/,
  /(?<operator>[\w.]+:\w+)\(-?\d+\) is not a registered function/,
  /Could not find an implementation for (?<operator>\w+)\((?<version>\d+)\)/,
  /No op schema registered for (?<operator>[\w.:]+)/i,
  /Unsupported (?:operator|op)[:\s]+(?<operator>[\w.:]+)/i,
];

function unsupportedOperator(raw: string, cause: unknown): TesseraError | undefined {
  for (const pattern of OPERATOR) {
    const found = pattern.exec(raw)?.groups;
    if (found === undefined) continue;
    const version = found['version'] === undefined ? '' : ` (version ${found['version']})`;
    return new TesseraError(
      'unsupported-operator',
      `the model uses the operator ${found['operator']}${version}, which ONNX Runtime cannot run`,
      { hint: 'Export the model with standard ONNX operators of opset 7 to 22, in float32.', cause },
    );
  }
  return undefined;
}

const INPUT =
  /Got invalid dimensions for input|Unexpected input data type|is missing in 'feeds'|Invalid rank for input/;

function badInput(raw: string, text: string, cause: unknown): TesseraError | undefined {
  return INPUT.test(raw)
    ? new TesseraError('bad-tensor', `the model refuses its input: ${text}`, { cause })
    : undefined;
}

function badModel(activity: OrtActivity, raw: string, text: string, cause: unknown): TesseraError {
  if (/protobuf parsing failed|Model data pointer is null/i.test(raw)) {
    return new TesseraError('bad-model', 'the file is not an ONNX model, or it is damaged or cut short', {
      hint: 'Export or download the model again.',
      cause,
    });
  }
  const node = /running (?<type>\S+) node\. Name:'(?<name>[^']*)'/.exec(raw)?.groups;
  const where = node === undefined ? '' : ` at node "${node['name']}" (${node['type']})`;
  const verb = activity === 'load' ? 'could not be loaded' : 'failed';
  return new TesseraError('bad-model', `the model ${verb}${where}: ${text}`, { cause });
}

/** The message without ONNX Runtime's source locations and C++ signatures, on one line. */
function plain(raw: string): string {
  return raw
    .replace(/^Non-zero status code returned while running .*?Status Message:\s*/s, '')
    .replace(/\/\S*\.(?:cc|h|cpp):\d+\s+.*?\)(?:\s+const)?\s+/s, '')
    .replace(/\s+/g, ' ')
    .trim();
}
