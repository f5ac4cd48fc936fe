import { z } from 'zod';

/** Names of runs, concepts and projects; never part of a path. */
export const NAME = z.string().regex(/^[\w-]{1,64}$/);
/** A place in a list, or how many there are. */
export const COUNT = z.int().nonnegative();
export const PATH = z.string().min(1).max(4096);
/** The parts of a question about a run, and the whole. */
export const RUN_KEY = { project: NAME, runId: NAME };
export const RUN = z.strictObject(RUN_KEY);
