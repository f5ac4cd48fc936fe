import path from 'node:path';
import type { Decomposition } from '../../core/concepts/explanation.ts';
import { TesseraError } from '../../core/errors.ts';
import { hidePartsInRun, decomposeInRun } from '../../core/pipeline/recursion.ts';
import { openModel } from '../../core/pipeline/model-intake.ts';
import { reopenModel } from '../../core/pipeline/reopen-model.ts';
import { writeReport } from '../../core/pipeline/write-report.ts';
import { loadRun, openProject, type Project } from '../../core/project/project-folder.ts';
import { writeToProject } from '../../core/project/write-lock.ts';
import { decimalText, intervalText, percentText } from '../../core/wording/number-text.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { conceptNamed } from './concept-factors.ts';
import { decompositionJson } from './explanation-output.ts';
import { progressPrinter } from './progress.ts';
import { tellInputs } from './tell-inputs.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { table } from './text-table.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { loadNotes } from '../../core/project/run-notes.ts';
import { UNFINISHED_HINT, unfinishedText } from '../../core/wording/unfinished-words.ts';

const TABLE: OptionTable = {
  concept: { type: 'string' },
  ...optionTable(['layer', 'parts', 'device']),
  run: { type: 'string' },
  undo: { type: 'boolean' },
  json: { type: 'boolean' },
};

/** `decompose PROJECT --concept NAME`: decomposes one concept of a finished run, or takes its parts out of sight. */
export async function decomposeCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const { folder, name, parts, layer, device: choice } = readQuestion(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  await tellInputs(project, runId);
  const concept = await namedConcept(project, runId, name);
  const onProgress = progressPrinter(process.stderr);
  await writeToProject(project, environment.self, async () => {
    if (args.flag('undo')) {
      await hidePartsInRun(project, runId, concept, environment.self);
    } else {
      const intake = await reopenModel(
        (file, options) => openModel(storage, file, options),
        project,
        await loadRun(project, runId),
      );
      const device = await environment.openDevice(choice ?? 'auto');
      const scope = { environment, device, intake, project, onProgress, signal };
      const decomposition = await decomposeInRun(scope, runId, concept, {
        ...(parts !== undefined && { parts }),
        ...(layer !== undefined && { layer }),
      });
      console.log(
        args.flag('json')
          ? JSON.stringify(decompositionJson(decomposition), null, 2)
          : shownName(decompositionText(name, decomposition)),
      );
    }
    const report = await writeReport(
      environment,
      project,
      runId,
      path.join(folder, 'report.html'),
      onProgress,
    );
    if (!args.flag('json')) console.log(shownName(`Report   ${path.resolve(report)}`));
  });
}

function readQuestion(args: ParsedArguments) {
  const [folder, ...more] = args.positionals;
  const name = args.text('concept');
  if (folder === undefined || more.length > 0 || name === undefined) {
    throw new TesseraError('bad-usage', 'decompose takes one project folder and --concept.', {
      hint: 'For example: tessera decompose demo.tessera --concept "Concept 1".',
    });
  }
  const parts = readOption(args, 'parts');
  return { folder, name, parts, layer: readOption(args, 'layer'), device: readOption(args, 'device') };
}

/** The id of a concept or part that a person names; see {@link conceptNamed}. */
async function namedConcept(project: Project, runId: string, name: string): Promise<string> {
  const { explanation } = await loadRun(project, runId);
  if (explanation === undefined) {
    throw new TesseraError('bad-project', unfinishedText(runId, 'decompose'), { hint: UNFINISHED_HINT });
  }
  const { names } = await loadNotes(project, runId);
  const { concepts, splits = [] } = explanation;
  // Parts behind the concepts: a number is the rank of a concept.
  const all = [...concepts, ...splits.flatMap(({ parts }) => parts)].map(({ id, name: givenName }) => ({
    ...{ id, givenName, group: [] },
    name: names[id] ?? givenName,
  }));
  return conceptNamed(name, all).id;
}

function decompositionText(name: string, decomposition: Decomposition): string {
  const rows = decomposition.parts.map((part) => [
    part.name,
    percentText(part.importance.mean),
    intervalText(part.importance),
    percentText(part.prevalence),
  ]);
  const { reconstruction, reproduction, stability } = decomposition;
  return [
    `What ${name} is made of, in ${decomposition.images.length} images, at ${decomposition.layer.tensor}`,
    '',
    ...table([['part', 'importance for it', '95 % interval', 'present in'], ...rows]),
    '',
    `The parts rebuild the layer with R² ${decimalText(reconstruction.r2)} and bring the concept back with R² ${decimalText(reproduction.r2)}; found again in half of the images: ${decimalText(stability)}`,
  ].join('\n');
}
