import { z } from 'zod';
import { NAME } from './schema-parts.ts';

const STUDY = { project: NAME, study: NAME };
const PARTICIPANT = z.int().min(1).max(999_999);

/** Arguments of the calls about studies with people. */
export const studySchemas = {
  listStudies: z.strictObject({ project: NAME }),
  getServedStudy: z.strictObject(STUDY),
  serveStudy: z.strictObject({
    ...STUDY,
    participants: z.int().min(1).max(10_000),
    first: z.int().min(1).max(900_000).exactOptional(),
    address: z.string().min(1).max(255).exactOptional(),
    port: z.int().min(0).max(65_535).exactOptional(),
  }),
  stopStudy: z.strictObject(STUDY),
  renewStudyLink: z.strictObject({ ...STUDY, participant: PARTICIPANT }),
  withdrawParticipant: z.strictObject({ ...STUDY, participant: PARTICIPANT }),
  startKiosk: z.strictObject({ ...STUDY, participant: PARTICIPANT.exactOptional() }),
};
