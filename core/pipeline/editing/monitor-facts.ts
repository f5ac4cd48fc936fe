import type { TabledRun } from '../run-tables.ts';
import type { Explanation } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import type { MonitorModel } from '../../editing/monitor-graph.ts';
import type { StepChoice } from '../../editing/step-choice.ts';
import type { Model } from '../../onnx/graph.ts';
import { withGivenNames } from '../../project/run-notes.ts';
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
  /** As the run found it, merged concepts by themselves. */
  readonly explanation: Explanation;
  readonly tabled: TabledRun;
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
  const { notes } = shown;
  const explanation = withGivenNames(source.explanation, notes);
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
    concepts: explanation.concepts.map(({ id, name, importance }, column) => ({
      column,
      id,
      name,
      comment: notes.comments[id] ?? null,
      importance: importance.mean,
      isHidden: notes.hidden.includes(id),
      mergedWith: notes.merged.find((group) => group.includes(id))?.filter((one) => one !== id) ?? [],
    })),
    reference: {
      images: measured.places.length,
      explained: explainedAt(source).length,
    },
    watched: watchedOf(source),
    agreement: { ...agreement, steps: steps.steps, device: device.used },
    versions: environment.versions,
  };
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
function explainedAt({ tabled: { measured }, explanation }: FactSource): number[] {
  return [...measured.places.keys()].filter((at) => measured.places[at] < explanation.images.length);
}

function watchedOf(source: FactSource): Watched[] {
  const { tabled, monitor } = source;
  const { measured } = tabled;
  const explanation = withGivenNames(source.explanation, tabled.shown.notes);
  const { amounts, rests } = measured;
  const own = explainedAt(source);
  const all = [...measured.places.keys()];
  const quantilesOf = (valueAt: (at: number) => number): RunQuantiles => ({
    explained: levelsOf(own.map(valueAt)),
    all: levelsOf(all.map(valueAt)),
  });
  return [
    ...explanation.concepts.map(({ id, name }, column): Watched => ({
      ...{ output: monitor.amounts, column, name },
      quantiles: quantilesOf((at) => amounts.data[at * amounts.cols + rowOfId(id)]),
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
