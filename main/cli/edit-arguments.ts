import { EDIT_WAYS, USUAL_WAY, type EditWay } from '../../core/editing/concept-edit.ts';
import type { EditedConcept } from '../../core/editing/edit-proof.ts';
import { rowOfId } from '../../core/concepts/recursion/concept-tree.ts';
import { TesseraError } from '../../core/errors.ts';
import type { EditQuestion, EditScope } from '../../core/pipeline/editing/edit-run.ts';
import { heldOutImages, type OpenedEdit } from '../../core/pipeline/editing/open-edit.ts';
import type { OnProgress } from '../../core/platform.ts';
import { REST } from '../../core/wording/claim-words.ts';
import { listText } from '../../core/wording/count-text.ts';
import type { ConceptItem } from '../api/contract.ts';
import { createJobs } from '../compute/jobs/all-jobs.ts';
import type { OptionTable, ParsedArguments } from './arguments.ts';
import { conceptAndFactor, conceptNamed, findConcept, noteFactor } from './concept-factors.ts';
import { readOption } from './option-arguments.ts';

/** What says which concepts an edit changes, and how. */
export const EDIT_OPTIONS: OptionTable = {
  remove: { type: 'string', multiple: true, takes: 'a concept, or several with commas between them' },
  scale: { type: 'string', multiple: true, takes: 'CONCEPT=FACTOR' },
  how: { type: 'string', takes: Object.keys(EDIT_WAYS).join(', ') },
  by: { type: 'string', multiple: true, takes: 'a column of the table or a marked object' },
  class: { type: 'string', takes: 'the only class whose score is edited' },
  above: { type: 'string', takes: 'a share of the largest amount, from 0 to 1' },
};

/** A mode of `edit` that is told no edit: its option, why that is, and what to leave it away for. */
interface WithoutEdit {
  readonly flag: string;
  readonly why: string;
  readonly otherwise: string;
}

/** Throws TesseraError 'bad-usage' where such a mode is told options of an edit, or others by name. */
export function refuseEditOptions(
  args: ParsedArguments,
  others: readonly string[],
  { flag, why, otherwise }: WithoutEdit,
): void {
  const said = [...Object.keys(EDIT_OPTIONS), ...others].filter(
    (name) => args.text(name) !== undefined || args.texts(name).length > 0,
  );
  if (said.length === 0) return;
  const flags = listText(said.map((name) => `--${name}`));
  throw new TesseraError('bad-usage', `--${flag} ${why}; ${flags} cannot go with it.`, {
    hint: `Leave --${flag} away to make ${otherwise}, or leave ${flags} away.`,
  });
}

interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** A run's concepts as people see them: with their names, merged ones as one. */
export async function shownConcepts(
  { project, run }: Pick<EditScope, 'project' | 'run'>,
  work: Work,
): Promise<readonly ConceptItem[]> {
  const asked = { folder: project.folder, runId: run.id, key: '' };
  const view = await createJobs({}).readResult(asked, { ...work, onNews: () => undefined });
  return view.concepts;
}

/** The edit that the arguments ask for, judged on the run's images and on those of folders that are named. */
export async function readEditQuestion(
  args: ParsedArguments,
  { scope, own }: OpenedEdit,
  work: Work,
): Promise<EditQuestion> {
  const edit = readEdit(args, await shownConcepts(scope, work), scope.arrays.conceptBank.rows);
  const folders = readOption(args, 'images');
  const heldOut = folders && (await heldOutImages(scope.environment.storage, folders, own));
  return { ...edit, sets: heldOut === undefined ? [own] : [own, heldOut] };
}

/**
 * Concepts with factors, and how they are changed.
 *
 * @internal Tests ask it alone.
 */
export function readEdit(
  args: ParsedArguments,
  concepts: readonly ConceptItem[],
  r: number,
): Omit<EditQuestion, 'sets'> {
  const asked = new Map<ConceptItem, number>();
  for (const text of args.texts('remove'))
    for (const one of removed(text, concepts)) noteFactor(asked, one, 0);
  for (const text of args.texts('scale')) {
    const [name, factor] = conceptAndFactor(text);
    noteFactor(asked, editedConcept(name, concepts), factor);
  }
  if (asked.size === 0) {
    throw new TesseraError('bad-usage', 'Nothing was said that the edit changes.', {
      hint: `Name concepts: --remove "${concepts[0].name}", or --scale "${concepts[0].name}=0.5".`,
    });
  }
  const factors = Array.from({ length: r }, () => 1);
  for (const [concept, factor] of asked) for (const row of rowsOf(concept)) factors[row] = factor;
  const above = readShare(args);
  const onlyClass = args.text('class');
  return {
    how: readWay(args, above),
    factors,
    concepts: [...asked].map(([{ id, name }, factor]): EditedConcept => ({ id, name, factor })),
    ...(above !== undefined && { above }),
    ...(onlyClass !== undefined && { onlyClass }),
    by: args.texts('by'),
  };
}

/** Rows of the bank of a concept, or of all that one was merged of. */
export function rowsOf({ id, group }: ConceptItem): number[] {
  return group.length > 0 ? group.map((one) => rowOfId(one.id)) : [rowOfId(id)];
}

/** One concept whose name may hold commas, or several with commas between them. */
function removed(text: string, concepts: readonly ConceptItem[]): ConceptItem[] {
  const whole = findConcept(text.trim(), concepts);
  if (whole !== undefined) return [whole];
  return text.split(',').map((name) => editedConcept(name.trim(), concepts));
}

/** {@link conceptNamed}; what no concept explains is none. */
function editedConcept(name: string, concepts: readonly ConceptItem[]): ConceptItem {
  if (name !== REST || findConcept(name, concepts) !== undefined) return conceptNamed(name, concepts);
  throw new TesseraError('bad-usage', 'An edit changes concepts; the rest, which none explains, stays.', {
    hint: `Name concepts, such as "${concepts[0].name}"; what-if --scale ${REST}=0 tells what the rest does.`,
  });
}

function readWay(args: ParsedArguments, above: number | undefined): EditWay {
  const said = args.text('how');
  if (said === undefined) return above === undefined ? USUAL_WAY : 'remove';
  if (Object.hasOwn(EDIT_WAYS, said)) return said as EditWay;
  throw new TesseraError('bad-usage', `--how takes ${Object.keys(EDIT_WAYS).join(', ')}, got "${said}".`, {
    hint: Object.entries(EDIT_WAYS)
      .map(([name, words]) => `${name}: ${words.toLowerCase()}`)
      .join('. '),
  });
}

function readShare(args: ParsedArguments): number | undefined {
  const said = args.text('above');
  if (said === undefined) return undefined;
  const share = Number(said);
  if (said.trim() !== '' && share >= 0 && share < 1) return share;
  throw new TesseraError('bad-usage', `--above takes a number from 0 to below 1, got "${said}".`, {
    hint: '0.2 leaves amounts alone up to a fifth of the largest that the run found.',
  });
}
