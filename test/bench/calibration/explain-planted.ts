import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rowOfId } from '../../../core/concepts/recursion/concept-tree.ts';
import { DEFAULT_OPTIONS } from '../../../core/concepts/run-options.ts';
import { TesseraError } from '../../../core/errors.ts';
import { explain, type ExplainOutcome } from '../../../core/pipeline/explain.ts';
import { openModel } from '../../../core/pipeline/model-intake.ts';
import { openOrCreateProject } from '../../../core/pipeline/open-project.ts';
import { resolveQuestion } from '../../../core/pipeline/question.ts';
import type { ModelScope } from '../../../core/pipeline/run-context.ts';
import { loadRunTensors } from '../../../core/project/tensors-file.ts';
import { verdictEvidence } from '../../../core/report/trust-verdict.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';
import { conceptPlaces } from './places.ts';
import type { PlantedModel } from './planted-set.ts';
import type { Result } from './result.ts';

/**
 * Explains a class of a planted model with the functions of the command, its defaults and the quick evaluation. Maps,
 * which no verdict rests on, are drawn from the coefficients.
 */
export async function explainPlanted(model: PlantedModel, className: string): Promise<Result> {
  const { truth, folder } = model;
  const facts = {
    model: truth.model,
    family: truth.family,
    architecture: truth.architecture,
    kind: truth.fault.kind,
    ...(truth.fault.cues[0] !== undefined && { cue: truth.fault.cues[0] }),
    class: className,
    isPlanted: truth.fault.classes.includes(className),
    accuracy: truth.accuracy.shipped.accuracy,
    bareAccuracy: truth.accuracy.unseenWithoutCues.accuracy,
  };
  const environment = createNodeEnvironment();
  const intake = await openModel(environment.storage, path.join(folder, `${truth.model}.onnx`));
  const scope = { environment, intake, device: await environment.openDevice('cpu') };
  const place = await mkdtemp(path.join(tmpdir(), 'tessera-calibration-'));
  try {
    return { ...facts, run: await runOf(scope, model, className, place) };
  } catch (error) {
    if (!(error instanceof TesseraError)) throw error;
    return { ...facts, problem: error.message };
  } finally {
    await rm(place, { recursive: true });
  }
}

async function runOf(
  scope: ModelScope,
  model: PlantedModel,
  className: string,
  place: string,
): Promise<NonNullable<Result['run']>> {
  const { environment, intake } = scope;
  const options = {
    ...DEFAULT_OPTIONS,
    model: intake.path,
    images: [path.join(model.folder, model.truth.images)],
    class: className,
    evaluate: 'quick' as const,
    device: 'cpu' as const,
    maps: ['upsampled-coefficients' as const],
  };
  const begun = performance.now();
  const question = await resolveQuestion(environment.storage, intake, options);
  const project = await openOrCreateProject(environment, place, intake, options.images);
  const running = { ...scope, project, onProgress: () => undefined, signal: undefined };
  const outcome = await explain(running, question, options);
  const seconds = (performance.now() - begun) / 1000;
  return { ...(await told(scope, model, outcome)), seconds };
}

/** What of a look for shortcuts is kept; a run without one has none. */
interface FlagSearch {
  readonly found: readonly { readonly concept: string; readonly kinds: readonly string[] }[];
}

async function told(
  scope: ModelScope,
  model: PlantedModel,
  { project, run, evaluation }: ExplainOutcome,
): Promise<Omit<NonNullable<Result['run']>, 'seconds'>> {
  const explanation = run.explanation!;
  const tensors = await loadRunTensors(project, run.id);
  const files = explanation.images.map(({ file }) => file);
  const places = await conceptPlaces(scope, model, explanation.layer, tensors, files);
  const { shortcuts } = explanation as { readonly shortcuts?: FlagSearch };
  return {
    images: files.length,
    evidence: verdictEvidence(explanation, evaluation!),
    concepts: explanation.concepts.map(({ id, importance, tier, effect }) => ({
      id,
      importance,
      tier,
      ...(effect !== undefined && { effect }),
      ...places[rowOfId(id)],
    })),
    ...(shortcuts && {
      flags: shortcuts.found.map(({ concept, kinds }) => ({ class: explanation.className, concept, kinds })),
    }),
  };
}
