import path from 'node:path';
import type { ExplainOutcome } from '../../core/pipeline/explain.ts';
import { invariant } from '../../core/errors.ts';
import { table } from './text-table.ts';

/** Crops listed for a concept; the project holds more. */
const CROPS_LISTED = 12;

/** The stable fields of `explain --json`. */
export function explanationJson({ project, run, resumed }: ExplainOutcome, report: string) {
  const { explanation } = run;
  invariant(explanation !== undefined, 'a finished run has no explanation');
  return {
    project: path.resolve(project.folder),
    run: run.id,
    resumed,
    report,
    class: { index: explanation.classIndex, name: explanation.className },
    layer: explanation.layer.tensor,
    images: explanation.images.length,
    device: run.device,
    concepts: explanation.concepts.map(({ id, name, importance, tier, prevalence, crops }) => ({
      id,
      name,
      importance,
      tier,
      prevalence,
      crops: crops.slice(0, CROPS_LISTED).map(({ image, box, coefficient }) => ({
        image: explanation.images[image].file,
        box,
        coefficient,
      })),
    })),
    reconstruction: explanation.reconstruction,
    factorization: explanation.factorization,
    importance: explanation.importance,
    skipped: explanation.skipped,
    timings: Object.fromEntries(
      Object.entries(run.stages).map(([name, { elapsedMs }]) => [name, (elapsedMs ?? 0) / 1000]),
    ),
  };
}

/** The short table that `explain` prints for people. */
export function explanationText(facts: ReturnType<typeof explanationJson>): string {
  const rows = facts.concepts.map(({ name, importance, tier, prevalence }) => [
    name,
    percent(importance.mean),
    `${percent(importance.low)} … ${percent(importance.high)}`,
    `${tier + 1}`,
    `${Math.round(100 * prevalence)} %`,
  ]);
  const { r2, relativeError, agreement } = facts.reconstruction;
  return [
    `What the model looks at for "${facts.class.name}", on ${facts.images} images, at ${facts.layer}`,
    '',
    ...table([['concept', 'importance', '95 % interval', 'tier', 'present in'], ...rows]),
    '',
    `Reconstruction: R² ${r2.toFixed(2)}, relative error ${relativeError.toFixed(2)}; same prediction for ${Math.round(100 * agreement)} % of the images`,
    ...(facts.skipped.length > 0 ? [`Left out: ${facts.skipped.length} files (listed in the report)`] : []),
    `Project  ${facts.project}`,
    `Report   ${facts.report}`,
  ].join('\n');
}

/** Sobol index as a percentage of the logit's variance. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
