import type { Storage } from '../../core/platform.ts';
import { serializeError } from '../api/serialize-error.ts';
import type { ComputeClient } from '../compute/client.ts';
import type { Projects } from './projects.ts';
import { keepMarks, withMarks } from './setup-marks.ts';
import type { SetupState } from './setup-state.ts';
import { keepTable, withTable } from './setup-table.ts';

/*
 * What is known of the images beside what they show: a table, and boxes or masks.
 */

interface KnownContext {
  readonly storage: Storage;
  readonly viewer: ComputeClient;
  readonly projects: Projects;
}

/** A table and marks by where they are. */
interface Known {
  readonly table?: { readonly path: string } | null | undefined;
  readonly marks?: { readonly path: string } | null | undefined;
}

/** A step of a setup, by the part that it sets. */
type KnownStep = readonly ['table' | 'marks', (state: SetupState) => Promise<SetupState>];

/** Is anything else known in one than in the other? */
export function isOtherKnown(before: Known, after: Known): boolean {
  return before.table?.path !== after.table?.path || before.marks?.path !== after.marks?.path;
}

/** Lets the project remember the table and the marks of a setup. */
export async function keepKnown(context: KnownContext, state: SetupState): Promise<void> {
  await keepTable(context, state);
  await keepMarks(context, state);
}

/** The steps that take what a project, or a setup before, knows. */
export function knownSteps(context: Pick<KnownContext, 'viewer'>, { table, marks }: Known): KnownStep[] {
  return [
    ...(table ? [['table', (state) => withTable(context, state, table.path)] satisfies KnownStep] : []),
    ...(marks ? [['marks', (state) => withMarks(context, state, marks.path)] satisfies KnownStep] : []),
  ];
}

/** A setup with new images and what was known before; what says nothing of the new images is told of, and let go. */
export async function withKnown(
  context: Pick<KnownContext, 'viewer'>,
  fresh: SetupState,
  before: Known,
): Promise<SetupState> {
  let state: SetupState = { ...fresh, table: null, marks: null };
  if (state.scan === null) return state;
  for (const [part, step] of knownSteps(context, before)) {
    const { problems } = state;
    state = await step(state).catch((error: unknown) => ({
      ...state,
      problems: { ...problems, [part]: serializeError(error) },
    }));
  }
  return state;
}
