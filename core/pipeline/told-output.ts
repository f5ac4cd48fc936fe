import { readCard } from '../images/model-card.ts';
import type { Storage } from '../platform.ts';
import type { Task } from '../score/model-scores.ts';
import type { ToldOutput } from './choose-output.ts';

/**
 * What a model's card (fields `output`, `task`, `threshold`, `quantity`, `unit`) and its metadata say of its answer; the
 * card wins. Words of other tools are understood: problem_type, "single_label_classification", "units".
 */
export async function toldOutput(
  storage: Storage,
  path: string,
  metadata: ReadonlyMap<string, string>,
): Promise<ToldOutput> {
  const card = (await readCard(storage, path))?.fields ?? {};
  const textOf = (...keys: readonly string[]): string | undefined => {
    const told = keys.map((key) => card[key] ?? metadata.get(key)).find((value) => value !== undefined);
    return typeof told === 'string' && told.trim() !== '' ? told.trim() : undefined;
  };
  const task = taskIn(textOf('task', 'problem_type', 'pipeline_tag'));
  const threshold = Number(card['threshold'] ?? metadata.get('threshold') ?? NaN);
  const [output, quantity, unit] = [textOf('output'), textOf('quantity', 'target'), textOf('unit', 'units')];
  return {
    ...(output !== undefined && { output }),
    ...(task !== undefined && { task }),
    ...(Number.isFinite(threshold) && { threshold }),
    ...(quantity !== undefined && { quantity }),
    ...(unit !== undefined && { unit }),
  };
}

/** What is said too loosely says nothing. */
function taskIn(said: string | undefined): Task | undefined {
  if (said === undefined) return undefined;
  if (/regress/i.test(said)) return 'regression';
  if (/multi.?label/i.test(said)) return 'multilabel';
  if (/binary/i.test(said)) return 'binary';
  if (/embed|feature.extraction|retrieval|similarity/i.test(said)) return 'embedding';
  return /multi.?class|single.?label/i.test(said) ? 'multiclass' : undefined;
}
