import type { Explanation } from '../concepts/explanation.ts';
import { TesseraError } from '../errors.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { loadRun, runPath, type Project } from './project-folder.ts';
import { loadRunTensors } from './tensors-file.ts';

/**
 * SHA-256 of what matters of a finished run: what was asked, what the model said of every picture, the concepts and where they
 * are. Names, notes, times, the device, maps and figures of trust are not in it; parts of concepts are where `hasParts`, so
 * that decomposing a concept later does not change a run of which only the concepts are used.
 *
 * Throws   'bad-project' for a run that is not finished or damaged, 'unknown-name' for one that is not there.
 */
export async function hashOfRun(
  project: Project,
  id: string,
  { hasParts }: { readonly hasParts: boolean },
): Promise<string> {
  const { storage } = project;
  const run = await loadRun(project, id);
  if (run.explanation === undefined)
    throw new TesseraError('bad-project', `The run "${id}" is not finished.`, {
      hint: 'Finish it, or take another run.',
    });
  const { conceptBank, coefficients, parts } = await loadRunTensors(project, id);
  const arrays = [
    { conceptBank, coefficients },
    ...(hasParts ? [...parts.keys()].sort().map((parent) => parts.get(parent)!) : []),
  ];
  const predictions = runPath(project, id, 'predictions.jsonl');
  return storage.sha256(
    new TextEncoder().encode(
      canonicalJson({
        asked: { options: { ...run.options }, seed: run.seed, given: run.given ?? null },
        found: foundIn(run.explanation, hasParts),
        predictions: (await storage.exists(predictions)) ? await storage.hashFile(predictions) : null,
        arrays: arrays.map((one) =>
          [one.conceptBank, ...one.coefficients].map((a) => matrixFacts(storage, a)),
        ),
      }),
    ),
  );
}

function matrixFacts(storage: Project['storage'], { rows, cols, data }: Matrix): Json {
  return [rows, cols, storage.sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

function foundIn(
  { classIndex, className, score, layer, images, concepts, splits = [] }: Explanation,
  hasParts: boolean,
): Json {
  // By way of text: what is stored is JSON, and its types are interfaces.
  const found = { classIndex, className, score, layer, images, concepts, ...(hasParts && { splits }) };
  return JSON.parse(JSON.stringify(found)) as Json;
}
