import path from 'node:path';
import type { FolderScan } from '../../core/images/folder-scan.ts';
import { shownName } from '../../core/wording/shown-name.ts';
import type { SerializedError, SetupPart } from '../api/contract.ts';
import { CarriedError, serializeError } from '../api/serialize-error.ts';
import type { ModelQuestion } from '../compute/protocol.ts';
import type { DroppedPaths, Refused } from './dropped-paths.ts';
import { refusalOf } from './refused-files.ts';
import type { SetupState } from './setup-state.ts';

/** What becomes of images that are given where there are some: nothing is done before that is said. */
export type ImageWay = 'add' | 'replace';

/** The changes of a setup that a drop is made of. */
export interface DropSteps {
  /** Pictures in each of the roots, and what is wrong with the others. */
  readonly look: (roots: readonly string[]) => Promise<FolderScan>;
  readonly fromProject: (folder: string) => Promise<SetupState>;
  /** A new project: nothing set, in a folder of its own. */
  readonly begin: (question: ModelQuestion, images: Looked) => Promise<SetupState>;
  readonly withModel: (state: SetupState, question: ModelQuestion) => Promise<SetupState>;
  readonly withLabels: (state: SetupState, labels: string) => Promise<SetupState>;
  readonly withTable: (state: SetupState, table: string) => Promise<SetupState>;
  readonly withMarks: (state: SetupState, marks: string) => Promise<SetupState>;
  readonly withImages: (state: SetupState, roots: readonly string[]) => Promise<SetupState>;
}

/** Folders and pictures that were looked into, and what was found. */
export interface Looked {
  readonly roots: readonly string[];
  readonly scan: FolderScan;
}

/** What a drop has made of a setup. */
export interface Taken {
  readonly state: SetupState;
  /** Images that wait for the word what becomes of them. */
  readonly offered: Looked | null;
  /** A new project was begun. */
  readonly isBegun: boolean;
}

/**
 * Takes each part by itself, so that a broken model does not lose the pictures that came with it. A model that comes with
 * pictures begins a new project; pictures alone wait where there are some. What is refused is in `problems`; throws when
 * nothing could be taken.
 */
export async function takeDropped(
  before: SetupState,
  dropped: DroppedPaths,
  steps: DropSteps,
  way?: ImageWay,
): Promise<Taken> {
  const { project, model, labels, table, marks } = dropped;
  if (project !== undefined) return openedProject(await steps.fromProject(project), project, dropped);
  const { images, refused } = await lookInto(dropped, steps);
  const parts = new Parts(before, refused);
  const question = model === undefined ? undefined : { path: model, ...(labels !== undefined && { labels }) };
  let isBegun = false;
  if (question !== undefined && images !== null)
    isBegun = await parts.take('model', () => steps.begin(question, images));
  else if (question !== undefined) await parts.take('model', (state) => steps.withModel(state, question));
  else if (labels !== undefined) await parts.take('labels', (state) => steps.withLabels(state, labels));
  // What speaks of images is taken after them.
  const takeKnown = async (): Promise<void> => {
    if (table !== undefined) await parts.take('table', (state) => steps.withTable(state, table));
    if (marks !== undefined) await parts.take('marks', (state) => steps.withMarks(state, marks));
  };
  if (images === null || isBegun) {
    await takeKnown();
    return { state: parts.end(), offered: null, isBegun };
  }
  const { roots } = parts.state;
  // What is given once more is looked into again.
  const isKnown = images.roots.every((root) => roots.includes(root));
  if (way === undefined && roots.length > 0 && !isKnown) {
    parts.accepted++;
    await takeKnown();
    return { state: parts.end(), offered: images, isBegun };
  }
  const next = way === 'replace' ? images.roots : [...roots, ...images.roots];
  await parts.take('images', (state) => steps.withImages(state, next));
  await takeKnown();
  return { state: parts.end(), offered: null, isBegun };
}

/** Folders and pictures, those of no use taken out and named. */
async function lookInto(
  { images: given, modelFolders, refused }: DroppedPaths,
  { look }: DropSteps,
): Promise<{ readonly images: Looked | null; readonly refused: readonly Refused[] }> {
  if (given.length === 0) return { images: null, refused };
  const scan = await look(given);
  const reasons = new Map(scan.skipped.map(({ file, reason }) => [file, reason]));
  const isOfUse = (root: string): boolean => !reasons.has(root);
  const useless = given.filter((root) => !isOfUse(root) && !modelFolders.includes(root));
  const roots = given.filter(isOfUse);
  return {
    images: roots.length === 0 ? null : { roots, scan },
    refused: [
      ...refused,
      ...useless.map((root) => ({ name: shownName(path.basename(root)), reason: reasons.get(root)! })),
    ],
  };
}

/** A project is opened alone; what came with it is named. */
function openedProject(state: SetupState, folder: string, dropped: DroppedPaths): Taken {
  const { model, labels, table, marks, images, refused } = dropped;
  const others = [model, labels, table, marks, ...images].filter(
    (one) => one !== undefined && path.dirname(one) !== folder,
  );
  const all = [
    ...refused,
    ...others.map((one) => ({
      name: shownName(path.basename(one!)),
      reason: 'a project is opened alone',
    })),
  ];
  const problems = { ...state.problems, ...(all.length > 0 && { files: serializeError(refusalOf(all)) }) };
  return { state: { ...state, problems }, offered: null, isBegun: false };
}

/** A setup that takes one part after another. */
class Parts {
  state: SetupState;
  accepted = 0;
  readonly #before: SetupState;
  readonly #refused: readonly Refused[];
  #problems: Partial<Record<SetupPart, SerializedError>> = {};

  constructor(before: SetupState, refused: readonly Refused[]) {
    this.#before = before;
    this.state = before;
    this.#refused = refused;
  }

  async take(part: SetupPart, step: (state: SetupState) => Promise<SetupState>): Promise<boolean> {
    try {
      this.state = await step(this.state);
      this.accepted++;
      return true;
    } catch (error) {
      this.#problems = { ...this.#problems, [part]: serializeError(error) };
      return false;
    }
  }

  /** The setup with all problems; throws where there is nothing else. */
  end(): SetupState {
    const refused = this.#refused.length === 0 ? undefined : serializeError(refusalOf(this.#refused));
    // A table that says nothing of new images is told of by the step that took these, and so are boxes and masks.
    const told = (['table', 'marks'] as const).filter((part) => {
      const problem = this.state.problems[part];
      return problem !== undefined && problem !== this.#before.problems[part];
    });
    const problems = {
      ...Object.fromEntries(told.map((part) => [part, this.state.problems[part]])),
      ...this.#problems,
      ...(refused !== undefined && { files: refused }),
    };
    const all = Object.values(problems);
    if (this.accepted === 0 && all.length > 0) throw new CarriedError(joined(all));
    // Nothing has changed: a setup that is the same one is no step to take back.
    const isSame = this.state === this.#before && all.length === 0;
    return isSame ? this.state : { ...this.state, problems };
  }
}

function joined([first, ...others]: readonly SerializedError[]): SerializedError {
  if (others.length === 0) return first;
  const texts = [first, ...others].map(({ message }) => (/[.!?]$/.test(message) ? message : `${message}.`));
  return { ...first, message: texts.join(' ') };
}
