import type { TabledRun } from '../run-tables.ts';
import type { MonitorModel } from '../../editing/monitor-graph.ts';
import type { StepChoice } from '../../editing/step-choice.ts';
import type { Model } from '../../onnx/graph.ts';
import type { RunFile } from '../../project/schema.ts';
import { quantile } from '../../sensitivity/bootstrap.ts';
import { preprocessingText } from '../../wording/preprocessing-words.ts';
import type { ScoredScope } from '../run-context.ts';
import type { ContributionChoice } from './contribution-rule.ts';
import { fixedBatch, type MonitorAgreement } from './monitor-check.ts';

/** Shares of the run's pictures whose amount lies below a quantile. */
const LEVELS = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

/** Amounts by level, "0.00" (least) to "1.00" (most), of the pictures that the run explains and of all that it was given. */
export interface RunQuantiles {
  readonly explained: Readonly<Record<string, number>>;
  readonly all: Readonly<Record<string, number>>;
}

/** One number of each picture that can be watched. */
export interface Watched {
  /** Output and column of it that hold the number; a rest has no column. */
  readonly output: string;
  readonly column: number | null;
  readonly name: string;
  readonly quantiles: RunQuantiles;
}

/** What `monitor.json` says. Fields may be added; none changes its meaning while `schema` stays. */
export type MonitorFacts = ReturnType<typeof monitorFacts>;

/** What facts are made of. */
export interface FactSource {
  readonly scope: ScoredScope;
  readonly run: RunFile;
  readonly tabled: TabledRun;
  /** Where the figures of each column are among those that were measured. */
  readonly measuredAt: readonly number[];
  readonly file: Model;
  readonly monitor: MonitorModel;
  /** SHA-256 of the monitor's file. */
  readonly sha256: string;
  readonly choice: ContributionChoice;
  readonly steps: StepChoice;
  readonly agreement: MonitorAgreement;
}

/** Names, quantiles and origin of a monitor, as plain data for any program. */
export function monitorFacts(source: FactSource) {
  const { scope, run, tabled, sha256, steps, agreement } = source;
  const { intake, environment, device } = scope;
  const { shown, measured } = tabled;
  const { explanation } = shown;
  return {
    schema: 1,
    sha256,
    madeOf: {
      model: environment.storage.basename(intake.path),
      sha256: intake.sha256,
      dataSha256: intake.dataSha256 ?? null,
    },
    run: { id: run.id, created: run.created },
    explains: { name: explanation.className, index: explanation.classIndex },
    cut: { tensor: explanation.layer.tensor, shape: explanation.layer.shape },
    input: inputFacts(source),
    preprocessing: {
      text: preprocessingText(intake.preprocessing.preprocessing),
      ...intake.preprocessing.preprocessing,
    },
    outputs: outputFacts(source),
    classes: tabled.names,
    concepts: conceptsOf(source),
    reference: {
      images: measured.places.length,
      explained: explainedAt(source).length,
    },
    watched: watchedOf(source),
    agreement: { ...agreement, steps: steps.steps, device: device.used },
    versions: environment.versions,
  };
}

/** The concepts in the order of the columns: as they are shown, merged ones as one, and own ones last. */
function conceptsOf({ tabled: { shown } }: FactSource) {
  const { explanation, merges, own, notes } = shown;
  const all = [
    ...explanation.concepts.map((concept) => ({ ...concept, kind: 'found' as const })),
    ...own.map(({ concept }) => ({ ...concept, kind: 'own' as const })),
  ];
  return all.map(({ id, name, importance, kind }, column) => ({
    column,
    id,
    name,
    /** Found by the run, or given by examples; the latter have no column in the contributions. */
    kind,
    comment: notes.comments[id] ?? null,
    importance: importance.mean,
    isHidden: notes.hidden.includes(id),
    /** The concepts that a person merged into this one. */
    mergedOf: merges.find(({ group }) => group[0] === id)?.group ?? [],
  }));
}

function inputFacts({ scope, file }: FactSource) {
  const { intake } = scope;
  const { name, type, layout } = intake.signature.input;
  return {
    name,
    type,
    layout,
    shape: intake.inputDims.get(name)!.slice(1),
    /** Pictures at once; null: any number. */
    batch: fixedBatch(file) ?? null,
  };
}

function outputFacts({ file, monitor, choice }: FactSource) {
  return {
    model: file.graph.outputs.map(({ name }) => name),
    amounts: monitor.amounts,
    rest: monitor.rest,
    contributions: monitor.contributions ?? null,
    contributionsBy: choice.rule?.kind ?? null,
    withoutContributions: choice.rule === undefined ? choice.reason : null,
  };
}

/** Which of the measured pictures the run explains. */
function explainedAt({ tabled: { measured, shown } }: FactSource): number[] {
  const { length } = shown.explanation.images;
  return [...measured.places.keys()].filter((at) => measured.places[at] < length);
}

function watchedOf(source: FactSource): Watched[] {
  const { tabled, monitor, measuredAt } = source;
  const { measured } = tabled;
  const { amounts, rests } = measured;
  const own = explainedAt(source);
  const all = [...measured.places.keys()];
  const quantilesOf = (valueAt: (at: number) => number): RunQuantiles => ({
    explained: levelsOf(own.map(valueAt).filter(Number.isFinite)),
    all: levelsOf(all.map(valueAt).filter(Number.isFinite)),
  });
  return [
    ...conceptsOf(source).map(({ name }, column): Watched => ({
      ...{ output: monitor.amounts, column, name },
      quantiles: quantilesOf((at) => amounts.data[at * amounts.cols + measuredAt[column]]),
    })),
    {
      ...{ output: monitor.rest, column: null, name: 'what no concept explains' },
      quantiles: quantilesOf((at) => rests[at]),
    },
  ];
}

function levelsOf(values: readonly number[]): Readonly<Record<string, number>> {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return {};
  return Object.fromEntries(LEVELS.map((level) => [level.toFixed(2), quantile(sorted, level)]));
}
