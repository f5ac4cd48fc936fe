import { z } from 'zod';
import type { ParticipantAction } from '../api/contract.ts';

/*
 * What a participant's page may send; anything else is refused before it is looked at.
 */

const DAY_MS = 86_400_000;
const STEP = z.int().nonnegative().max(1_000_000);

/** A link's token, to be changed for the secret of a browser. */
export const JOIN = z.strictObject({ token: z.string().min(1).max(64) });

/** What a participant does. */
export const ACTION = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['agree', 'decline', 'withdraw']) }),
  z.strictObject({ kind: z.literal('go-on'), at: STEP }),
  z.strictObject({
    kind: z.literal('answer'),
    at: STEP,
    place: z.int().nonnegative().max(1000),
    confidence: z.literal([1, 2, 3, 4, 5]).nullable(),
    milliseconds: z.int().nonnegative().max(DAY_MS),
  }),
]) satisfies z.ZodType<ParticipantAction>;
