import { z } from 'zod';
import { EDIT_WAY_WORDS } from '../../core/wording/edit-way-words.ts';
import { NAME, PATH, RUN_KEY } from './schema-parts.ts';

const TRIAL = z.strictObject({ ...RUN_KEY, id: NAME });

type Way = keyof typeof EDIT_WAY_WORDS;

const EDIT = {
  factors: z.record(NAME, z.number().min(0).max(1)),
  others: z
    .strictObject({
      layer: z.string().min(1).max(1000),
      rows: z.array(z.int().min(0).max(100_000)).min(1).max(1000),
      factor: z.number().min(0).max(1),
    })
    .exactOptional(),
  how: z.enum(Object.keys(EDIT_WAY_WORDS) as [Way, ...Way[]]),
  above: z.number().min(0).max(1).exactOptional(),
  onlyClass: z.string().min(1).max(1000).exactOptional(),
  heldOut: z.array(PATH).max(10_000),
  by: z.array(z.string().min(1).max(1000)).max(20).exactOptional(),
};

/** Arguments of the calls about models that concepts are taken out of. */
export const editModelSchemas = {
  tryEdit: z.strictObject({ ...RUN_KEY, ...EDIT }),
  searchEdits: z.strictObject({ ...RUN_KEY, heldOut: EDIT.heldOut, allLayers: z.boolean() }),
  countConceptCosts: z.strictObject({ ...RUN_KEY, heldOut: EDIT.heldOut }),
  savePackage: z.strictObject({ ...RUN_KEY, edit: z.strictObject(EDIT).nullable() }),
  saveEdited: TRIAL,
  saveEditPage: TRIAL,
};
