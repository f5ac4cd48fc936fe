import { z } from 'zod';
import type { Box } from '../concepts/explanation.ts';
import type { OwnDirection } from '../concepts/own/own-direction.ts';
import type { OwnDefinition } from '../concepts/own/own-concept.ts';
import { matrixTensor, tensorMatrix } from '../linalg/matrix-tensor.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { expectFloat32, float32, type Tensor } from '../tensor.ts';
import { bankPath } from './bank-folder.ts';
import { decodeChecked, encodeChecked } from './checked-tensors.ts';
import type { Project } from './project-folder.ts';

/*
 * banks/ID/own-N.safetensors: a concept that a person gave by examples, for all runs of the bank: its direction, how well that
 * tells its examples apart, and the probes of random sets. What it is in a run is kept with the run (own-concepts-file.ts).
 */

/** What an own concept is, with the direction that runs of its bank look for. */
export interface DefinedOwnConcept {
  readonly concept: OwnDefinition & { readonly id: string };
  readonly direction: OwnDirection;
  /** [sets + 1, p] Weights of the probes of the examples and of the random sets. */
  readonly probes: Matrix;
}

/** Ids of own concepts. */
export const OWN_ID = /^own-[1-9]\d{0,5}$/;

/** A share with its interval, beside the same of random sets. */
export const SHARE = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  median: z.number(),
  p: z.number(),
});
/** A part of a picture. */
export const BOX = z.tuple([z.number(), z.number(), z.number(), z.number()]).transform((box): Box => box);
/** The fields of {@link OwnDefinition}. */
export const DEFINITION = {
  id: z.string().regex(OWN_ID),
  name: z.string(),
  madeIn: z.string().exactOptional(),
  examples: z.array(z.object({ file: z.string(), sha256: z.string(), box: BOX.exactOptional() })),
  folder: z.string().exactOptional(),
  others: z.object({
    count: z.int().positive(),
    from: z.enum(['explained', 'given', 'folder']),
    folder: z.string().exactOptional(),
  }),
  accuracy: SHARE,
  sets: z.int().positive(),
};
const STORED = z.object({ concept: z.object(DEFINITION), border: z.number(), usual: z.number() });

/** Writes an own concept of a bank. */
export async function saveDefinition(
  project: Project,
  bank: string,
  { concept, direction: { direction, border, usual }, probes }: DefinedOwnConcept,
): Promise<void> {
  const bytes = encodeChecked(project.storage, {
    tensors: new Map<string, Tensor>([
      ['direction', float32(direction, [direction.length])],
      ['probes', matrixTensor(probes)],
    ]),
    facts: { own: JSON.stringify({ concept, border, usual }) },
  });
  await project.storage.writeAtomic(pathOf(project, bank, concept.id), bytes);
}

/** An own concept of a bank; undefined where its file is missing or not what was written. */
export async function loadDefinition(
  project: Project,
  bank: string,
  id: string,
): Promise<DefinedOwnConcept | undefined> {
  const path = pathOf(project, bank, id);
  if (!(await project.storage.exists(path))) return undefined;
  const read = decodeChecked(project.storage, await project.storage.readBytes(path), ['own']);
  if (read === undefined) return undefined;
  const { concept, border, usual } = STORED.parse(JSON.parse(read.facts.own));
  const direction = expectFloat32(read.tensors.get('direction'), 'direction').data;
  const probes = tensorMatrix(expectFloat32(read.tensors.get('probes'), 'probes'));
  return { concept, direction: { direction, border, usual }, probes };
}

function pathOf(project: Project, bank: string, id: string): string {
  return bankPath(project, bank, `${id}.safetensors`);
}
