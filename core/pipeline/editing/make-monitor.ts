import type { Explanation, LayerRecord } from '../../concepts/explanation.ts';
import { rowOfId } from '../../concepts/recursion/concept-tree.ts';
import { toRows } from '../../concepts/latent-rows.ts';
import { requireAnyNumber } from '../../editing/code-iteration.ts';
import type { AmountColumns } from '../../editing/amount-graph.ts';
import { monitorModel } from '../../editing/monitor-graph.ts';
import { originalCut } from '../../editing/original-cut.ts';
import { chooseSteps } from '../../editing/step-choice.ts';
import { TesseraError, invariant } from '../../errors.ts';
import type { CodedBank } from '../../linalg/coded-bank.ts';
import { takeRows, type Matrix } from '../../linalg/matrix.ts';
import type { Model } from '../../onnx/graph.ts';
import { loadModelFile } from '../../onnx/load-model.ts';
import { encodeModel } from '../../onnx/proto.ts';
import type { RunFile } from '../../project/schema.ts';
import type { Tensor } from '../../tensor.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../wording/unfinished-words.ts';
import { columnOf } from '../further-concepts.ts';
import { cutAt, runnerFor } from '../model-parts.ts';
import { readBatch } from '../pictures.ts';
import type { ScoredScope } from '../run-context.ts';
import type { TabledRun } from '../run-tables.ts';
import { spreadPlaces } from '../spread-places.ts';
import { chooseContributions } from './contribution-rule.ts';
import { AMOUNT_TOLERANCE, checkMonitor } from './monitor-check.ts';
import { monitorFacts, type MonitorFacts } from './monitor-facts.ts';

/** Pictures that the number of steps is chosen on, and that the monitor is checked with. */
const CHECKED = 32;
/** Positions of them that count. */
const MOST_ROWS = 6000;

/** A monitor, ready to be written. */
export interface Monitor {
  /** Of the .onnx file. */
  readonly bytes: Uint8Array;
  readonly facts: MonitorFacts;
}

/** How a monitor is made. */
export interface MonitorOptions {
  /** Contributions also where they cost more than the model's owner may want to pay. @default false */
  readonly withContributions?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A model from picture to the model's own outputs, the amounts and contributions of a finished run's concepts, and the rest;
 * checked against what the run measured in some of its pictures, which `facts.agreement` tells. Merged concepts are one column;
 * concepts that a person gave by examples follow the others in the amounts and have no contributions.
 *
 * `measure` gives the run with what was measured in its pictures (`tabledRun`); it is called once nothing speaks against a monitor.
 *
 * Throws TesseraError 'bad-project' (not finished), 'bad-usage' (sparse concepts), 'bad-model' (see `originalCut`; the model's file changed since it was
 * opened), 'no-images' where none of the run's pictures can be read any more; the signal's reason when aborted.
 */
export async function makeMonitor(
  scope: ScoredScope,
  run: RunFile,
  measure: () => Promise<TabledRun>,
  { withContributions = false, signal }: MonitorOptions = {},
): Promise<Monitor> {
  const { intake, device, environment } = scope;
  const explanation = finished(run);
  const { layer, classIndex, factorization, concepts } = explanation;
  const { active } = factorization;
  requireAnyNumber({ rows: concepts.length, ...(active !== undefined && { active }) });
  const file = await originalModel(scope);
  const cut = originalCut(file, layer, intake.inputDims);
  const tabled = await measure();
  const { bank, columns, measuredAt } = columnsOf(tabled);
  const { pictures, at } = await somePictures(scope, tabled);
  const steps = await chooseSteps(await rowsOf(scope, layer, pictures), bank, {
    tolerance: AMOUNT_TOLERANCE,
    ...(signal && { signal }),
  });
  const { head } = cutAt(intake, layer);
  const choice = await chooseContributions({ ...intake, head, layer, classIndex }, bank, device.sessions, {
    always: withContributions,
  });
  signal?.throwIfAborted();
  const built = { file, cut, layer, bank, columns, steps: steps.steps };
  const monitor = monitorModel({ ...built, ...(choice.rule && { contributions: choice.rule }) });
  const bytes = encodeModel(withOrigin(monitor.model, { run: run.id, sha256: intake.sha256 }));
  const { measured } = tabled;
  const agreement = await checkMonitor(
    { file, monitor, bytes, pictures, at, measured, measuredAt, contributing: columns.players.length },
    device.sessions,
  );
  const sha256 = environment.storage.sha256(bytes);
  return {
    bytes,
    facts: monitorFacts({ scope, run, tabled, measuredAt, file, monitor, sha256, choice, steps, agreement }),
  };
}

function finished({ id, explanation }: RunFile): Explanation {
  if (explanation !== undefined) return explanation;
  throw new TesseraError('bad-project', unfinishedText(id, 'export'), { hint: UNFINISHED_HINT });
}

interface MonitorColumns {
  /** Rows of the concepts in the order of the columns. */
  readonly bank: CodedBank;
  readonly columns: AmountColumns;
  /** Where the figures of each column are among those that were measured. */
  readonly measuredAt: readonly number[];
}

/** The concepts as they are shown, merged ones as one and own ones last. */
function columnsOf({ shown }: TabledRun): MonitorColumns {
  const { explanation, merges, own, conceptBank, further } = shown;
  const rowsOfId = (id: string): readonly number[] =>
    (merges.find(({ group }) => group[0] === id)?.group ?? [id]).map(rowOfId);
  const players = explanation.concepts.map(({ id }) => rowsOfId(id));
  const order = players.flat();
  invariant(order.length === conceptBank.rows, `${order.length} concepts of a bank of ${conceptBank.rows}`);
  const { active } = conceptBank;
  let next = 0;
  return {
    bank: { ...takeRows(conceptBank, order), ...(active !== undefined && { active }) },
    columns: {
      players: players.map((rows) => rows.map(() => next++)),
      own: own.map(({ tensors }) => tensors),
    },
    measuredAt: [...explanation.concepts.map(({ id }) => id), ...own.map(({ concept }) => concept.id)].map(
      (id) => columnOf(id, conceptBank.rows, further),
    ),
  };
}

async function originalModel({ intake, environment: { storage } }: ScoredScope): Promise<Model> {
  const { bytes, dataSha256, model } = await loadModelFile(storage, intake.path);
  if (storage.sha256(bytes) === intake.sha256 && dataSha256 === intake.dataSha256) return model;
  throw new TesseraError('bad-model', `${intake.path} was changed while it was read.`, {
    hint: 'Export again.',
  });
}

/** Some of the pictures that were measured, spread over all, and where their figures are. */
async function somePictures(
  { intake, environment }: ScoredScope,
  { measured, pictures }: TabledRun,
): Promise<{ readonly pictures: Tensor<'float32'>; readonly at: readonly number[] }> {
  const chosen = spreadPlaces(measured.places.length, CHECKED);
  const files = chosen.map((at) => pictures[measured.places[at]].file);
  const { input, readable } = await readBatch(environment.codec, files, intake.preprocessing.preprocessing);
  if (input === undefined)
    throw new TesseraError(
      'no-images',
      "None of the run's images can be read any more, so that a monitor cannot be checked.",
      {
        hint: 'Put the images back where they were.',
      },
    );
  return { pictures: input, at: readable.map((place) => chosen[place]) };
}

/** Activations of the pictures at the cut, at some positions spread over all. */
async function rowsOf(scope: ScoredScope, layer: LayerRecord, pictures: Tensor<'float32'>): Promise<Matrix> {
  const latent = runnerFor(scope, cutAt(scope.intake, layer).latent);
  try {
    const rows = toRows(await latent.run(pictures), layer);
    return takeRows(rows, spreadPlaces(rows.rows, MOST_ROWS));
  } finally {
    await latent.dispose();
  }
}

/** The model with a note in its metadata of what was added, and from where. */
function withOrigin(model: Model, origin: { readonly run: string; readonly sha256: string }): Model {
  const note = JSON.stringify({ kind: 'monitor', ...origin });
  return { ...model, metadata: new Map([...model.metadata, ['tessera', note]]) };
}
