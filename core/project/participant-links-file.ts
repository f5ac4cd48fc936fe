import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { StudyPlace } from './participant-files.ts';
import { SCHEMA_VERSION, VERSION } from './schema.ts';

/*
 * studies/ID/links.json: who may answer as which participant, as hashes, so that the file opens nothing; and the port, so
 * that links stay good when the host is started again.
 */

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const LINK = z.object({
  participant: z.int().positive(),
  /** Of a link that was not used yet. */
  token: HASH.nullable(),
  /** Of the browser that opened the link, until it has shown that it knows. */
  pending: HASH.nullable(),
  /** Of the browser that answers. */
  browser: HASH.nullable(),
});
const LINKS_FILE = z.object({
  schemaVersion: VERSION,
  port: z.int().min(0).max(65535),
  links: z.array(LINK),
});

/** What opens the seat of one participant; SHA-256 in hexadecimal. */
export type ParticipantLink = Readonly<z.infer<typeof LINK>>;

/** All links of a study; `port` is 0 where it was never served. */
export interface ParticipantLinks {
  readonly port: number;
  readonly links: readonly ParticipantLink[];
}

/** The links of a study; none where it was never served. */
export async function loadLinks({ storage, folder }: StudyPlace): Promise<ParticipantLinks> {
  const path = storage.join(folder, 'links.json');
  if (!(await storage.exists(path))) return { port: 0, links: [] };
  return readJsonFile(storage, path, LINKS_FILE);
}

/** Keeps the links of a study, all or nothing. */
export function saveLinks({ storage, folder }: StudyPlace, links: ParticipantLinks): Promise<void> {
  const file = { schemaVersion: SCHEMA_VERSION, ...links };
  return writeJsonFile(storage, storage.join(folder, 'links.json'), LINKS_FILE, file);
}
