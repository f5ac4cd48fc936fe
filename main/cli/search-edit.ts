import { EDIT_WAYS } from '../../core/editing/concept-edit.ts';
import type { EditedConcept } from '../../core/editing/edit-proof.ts';
import { editFacts } from '../../core/editing/edit-facts.ts';
import { TesseraError } from '../../core/errors.ts';
import { loadModelFile } from '../../core/onnx/load-model.ts';
import { editRun } from '../../core/pipeline/editing/edit-run.ts';
import { heldOutImages, openEdit } from '../../core/pipeline/editing/open-edit.ts';
import { openOriginal } from '../../core/pipeline/editing/open-edited.ts';
import {
  searchEdit,
  type EditSearch,
  type FoundEdit,
  type SearchedCut,
} from '../../core/pipeline/editing/search-edit.ts';
import { conceptsAt, cutOfRun, otherCuts } from '../../core/pipeline/editing/searched-cuts.ts';
import { editTarget, writeEdited } from '../../core/pipeline/editing/write-edited.ts';
import { loadRun, openProject } from '../../core/project/project-folder.ts';
import { countOf, listText } from '../../core/wording/count-text.ts';
import { editVerdict } from '../../core/wording/edit-words.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { ConceptItem } from '../api/contract.ts';
import { createNodeEnvironment } from '../compute/node-environment.ts';
import { parseArguments, type OptionTable, type ParsedArguments } from './arguments.ts';
import { EDIT_OPTIONS, refuseEditOptions, rowsOf, shownConcepts } from './edit-arguments.ts';
import { editText } from './edit-output.ts';
import { newestFinishedRun } from './newest-run.ts';
import { optionTable, readOption } from './option-arguments.ts';
import { progressPrinter } from './progress.ts';
import { table } from './text-table.ts';
import { tellInputs } from './tell-inputs.ts';

const TABLE: OptionTable = {
  ...optionTable(['images']),
  // Known, to be refused in words.
  ...EDIT_OPTIONS,
  report: { type: 'string' },
  search: { type: 'boolean' },
  'all-cuts': { type: 'boolean' },
  run: { type: 'string' },
  out: { type: 'string', takes: 'a file to write, NAME.onnx' },
  json: { type: 'boolean' },
};

/** `edit PROJECT --search`: the least edit that mends most, chosen on half of the images and tested on the other; with --out made. */
export async function searchCommand(argv: readonly string[], signal: AbortSignal): Promise<void> {
  const args = parseArguments(argv, TABLE);
  const folder = readFolder(args);
  const environment = createNodeEnvironment();
  const { storage } = environment;
  const project = await openProject(storage, folder);
  const runId = args.text('run') ?? (await newestFinishedRun(project));
  const run = await loadRun(project, runId);
  const { scope, own } = await openEdit(environment, project, run);
  await tellInputs(project, runId);
  const out = args.text('out');
  const target =
    out === undefined
      ? undefined
      : await editTarget(storage, await loadModelFile(storage, project.file.model.path), out);
  const onProgress = progressPrinter(process.stderr);
  const work = { signal, onProgress };
  const shown = await shownConcepts(scope, work);
  const folders = readOption(args, 'images');
  const heldOut = folders && (await heldOutImages(storage, folders, own));
  const model = await openOriginal(storage, project, run);
  const scored = { environment, device: scope.device, intake: model.scored };
  const cuts = [
    cutOfRun(scope.arrays, shown.map(rowsOf)),
    ...(args.flag('all-cuts')
      ? await otherCuts({ ...scored, project, ...work }, model.scored, scope.arrays, run.options)
      : []),
  ];
  const files = [...own.files, ...(heldOut?.files ?? [])];
  const found = await searchEdit({ ...scored, raw: model.raw }, cuts, files, {
    ...work,
    seed: run.options.seed,
  });
  const facts = searchFacts(found, cuts, shown);
  const best = found.best === undefined ? undefined : found.frontier[found.best];
  const made = target !== undefined && best !== undefined ? await make(best) : undefined;
  if (args.flag('json')) console.log(JSON.stringify({ ...facts, edit: made ?? null }, null, 2));
  else console.log(shownName(searchText(facts, made === undefined ? undefined : editText(made))));

  async function make({ cut, how, rows, factor }: FoundEdit) {
    const { run: arrays } = cuts[cut];
    const factors = Array.from({ length: arrays.conceptBank.rows }, (_, row) =>
      rows.includes(row) ? factor : 1,
    );
    const test = { kind: 'held-out', folders: [OTHER_HALF], known: 0, files: found.testImages } as const;
    const concepts = conceptsOf(rows, factor, cuts[cut], cut === 0 ? shown : []);
    const proven = await editRun({ ...scope, arrays }, { how, factors, concepts, sets: [own, test] }, work);
    await writeEdited(storage, target!, proven.bytes);
    return editFacts(target!.path, proven.proof);
  }
}

/** The project; throws TesseraError 'bad-usage' where something else is asked, or said that the search finds by itself. */
function readFolder(args: ParsedArguments): string {
  refuseEditOptions(args, ['report'], {
    flag: 'search',
    why: 'looks for the concepts and the way by itself',
    otherwise: 'an edit of your own',
  });
  const [folder, ...more] = args.positionals;
  if (folder !== undefined && more.length === 0) return folder;
  throw new TesseraError('bad-usage', 'edit --search takes one project folder.', {
    hint: 'tessera edit model.tessera --search --images held-out --out fixed.onnx',
  });
}

/** What the images of the proof are called, since no folder holds them by themselves. */
const OTHER_HALF = 'the half of the images that the choice was not made on';

/** Names of the run's concepts, a merged one for its members; elsewhere numbers and the layer. */
function conceptsOf(
  rows: readonly number[],
  factor: number,
  { run }: SearchedCut,
  concepts: readonly ConceptItem[],
): EditedConcept[] {
  const known = concepts.filter((one) => rowsOf(one).some((row) => rows.includes(row)));
  if (known.length > 0) return known.map(({ id, name }) => ({ id, name, factor }));
  return conceptsAt(run.explanation.layer.tensor, rows, factor);
}

/** What `edit --search --json` prints. */
function searchFacts(found: EditSearch, cuts: readonly SearchedCut[], concepts: readonly ConceptItem[]) {
  const { tuning, test, tried, frontier, best } = found;
  return {
    tuning,
    test,
    tried,
    cuts: cuts.map(({ run }) => run.explanation.layer.tensor),
    frontier: frontier.map((one, at) => ({
      layer: cuts[one.cut].run.explanation.layer.tensor,
      concepts: conceptsOf(one.rows, one.factor, cuts[one.cut], one.cut === 0 ? concepts : []).map(
        ({ name }) => name,
      ),
      factor: one.factor,
      how: one.how,
      tuning: one.tuning,
      test: one.test,
      isBest: at === best,
    })),
  };
}

function searchText(facts: ReturnType<typeof searchFacts>, edit: string | undefined): string {
  const { tuning, test, tried, cuts, frontier } = facts;
  const half = ({ images, wrong }: EditSearch['tuning']): string =>
    `${countOf(images, 'image')}, ${wrong} of them wrong`;
  const head = [
    `${countOf(tried, 'edit')} tried at ${listText(cuts)}, on half of the images (${half(tuning)}); the other half (${half(test)}) had no part in the choice.`,
    '',
  ];
  if (frontier.length === 0)
    return [...head, 'No edit mends any mistake of the half that was looked at.'].join('\n');
  const best = frontier.find(({ isBest }) => isBest);
  const right = test.images - test.wrong;
  return [
    ...head,
    ...table([
      ['', 'concepts', 'factor', 'how', 'mends', 'breaks', 'other half: mends', 'breaks'],
      ...frontier.map((one) => [
        one.isBest ? '→' : '',
        listText(one.concepts),
        String(one.factor),
        one.how,
        String(one.tuning.mended),
        String(one.tuning.broken),
        String(one.test.mended),
        String(one.test.broken),
      ]),
    ]),
    '',
    best === undefined
      ? 'None mends more than it breaks.'
      : `On the other half the marked one ${editVerdict({ fixed: best.test.mended, broken: best.test.broken, wrong: test.wrong, right })}. ${EDIT_WAYS[best.how]}.`,
    ...(edit === undefined ? [] : ['', edit]),
  ].join('\n');
}
