import { TesseraError } from '../../core/errors.ts';
import { conceptCosts } from '../../core/pipeline/editing/concept-costs.ts';
import { heldOutImages, openEdit } from '../../core/pipeline/editing/open-edit.ts';
import { openOriginal } from '../../core/pipeline/editing/open-edited.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { countOf, countText } from '../../core/wording/count-text.ts';
import { HARMLESS_MEANING } from '../../core/wording/edit-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments } from './arguments.ts';
import { EDIT_OPTIONS, refuseEditOptions, rowsOf, shownConcepts } from './edit-arguments.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { tellInputs } from './tell-inputs.ts';
import { table } from './text-table.ts';

/** `edit PROJECT --costs`: which concepts could be taken out of the model without harm to any class. */
export async function costsCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, {
    ...optionTable(['images']),
    // Known, to be refused in words.
    ...EDIT_OPTIONS,
    out: { type: 'string' },
    report: { type: 'string' },
    costs: { type: 'boolean' },
    run: { type: 'string' },
    json: { type: 'boolean' },
  });
  const mode = { flag: 'costs', why: 'counts every concept by itself', otherwise: 'an edit' };
  refuseEditOptions(args, ['out', 'report'], mode);
  const [folder, ...more] = args.positionals;
  if (folder === undefined || more.length > 0) {
    throw new TesseraError('bad-usage', 'edit --costs takes one project folder.', {
      hint: 'tessera edit model.tessera --costs',
    });
  }
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const run = await loadRun(project, args.text('run') ?? (await newestFinishedRun(project)));
  const { scope, own } = await openEdit(environment, project, run);
  await tellInputs(project, run.id);
  const onProgress = progressPrinter(process.stderr);
  const shown = await shownConcepts(scope, { signal, onProgress });
  const folders = readOption(args, 'images');
  const heldOut = folders === undefined ? [] : (await heldOutImages(storage, folders, own)).files;
  const { raw, scored } = await openOriginal(storage, project, run);
  const { images, right, costs } = await conceptCosts(
    { environment, device: scope.device, intake: scored, raw },
    scope.arrays,
    shown.map(rowsOf),
    [...own.files, ...heldOut],
    { signal, onImage: (done, total) => onProgress({ stage: 'edits', done, total }) },
  );
  const concepts = shown.map(({ id, name }, at) => {
    const { whole = null, half = null, isHarmless } = costs[at];
    return { id, name, whole, half, isHarmless };
  });
  const facts = { project: folder, run: run.id, images, right, concepts };
  console.log(args.flag('json') ? JSON.stringify(facts, null, 2) : shownName(costsText(facts)));
}

type Counts = { readonly broken: number; readonly mended: number } | null;

function costsText({
  images,
  right,
  concepts,
}: {
  readonly images: number;
  readonly right: number;
  readonly concepts: readonly {
    readonly name: string;
    readonly whole: Counts;
    readonly half: Counts;
    readonly isHarmless: boolean | null;
  }[];
}): string {
  const told = (counts: Counts): string[] =>
    counts === null ? ['not possible', ''] : [String(counts.broken), String(counts.mended)];
  return [
    `Right answers that are lost, and mistakes mended, of ${countOf(images, 'image')} of all classes, of which ${countText(right)} are right:`,
    '',
    ...table([
      ['concept', 'whole: lost', 'mended', 'half: lost', 'mended', ''],
      ...concepts.map(({ name, whole, half, isHarmless }) => [
        name,
        ...told(whole),
        ...told(half),
        isHarmless === true ? 'harmless' : '',
      ]),
    ]),
    '',
    HARMLESS_MEANING,
  ].join('\n');
}
