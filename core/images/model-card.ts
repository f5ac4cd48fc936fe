import { TesseraError } from '../errors.ts';
import type { Storage } from '../platform.ts';
import { readInput } from '../read-input.ts';

/** Where the card of a model is looked for, in this order. */
export function cardPaths(storage: Pick<Storage, 'join' | 'dirname'>, modelPath: string): string[] {
  const stem = modelPath.replace(/\.onnx$/i, '');
  return [`${stem}.json`, storage.join(storage.dirname(modelPath), 'card.json')];
}

/** The fields of the card beside a model, or undefined when there is none. Throws 'bad-usage' when it is no JSON object. */
export async function readCard(
  storage: Storage,
  modelPath: string,
): Promise<{ readonly path: string; readonly fields: Readonly<Record<string, unknown>> } | undefined> {
  for (const path of cardPaths(storage, modelPath)) {
    if (!(await storage.exists(path))) continue;
    const fields = parseJson(new TextDecoder().decode(await readInput(storage, path, 'bad-usage')), path);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) {
      return { path, fields: fields as Record<string, unknown> };
    }
    throw new TesseraError('bad-usage', `${path} is not a model card: a JSON object was expected`, {
      hint: 'Correct it, or move it away: it lies beside the model, where a card is looked for.',
    });
  }
  return undefined;
}

/** Parses JSON text (a byte-order mark is allowed); throws 'bad-usage' naming the source. */
export function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new TesseraError('bad-usage', `${source} holds no valid JSON: ${(cause as Error).message}`, {
      hint: 'Correct the text, or move the file away.',
      cause,
    });
  }
}
