import { editedRows, type ConceptEdit, type EditWay } from './concept-edit.ts';
import type { EditedConcept } from './edit-proof.ts';

/** What the metadata of an edited file tells of its edit; no path of the machine it was made on. */
export interface EditRecord {
  /** Version of the program. */
  readonly tessera: string;
  /** SHA-256 of the model file that was edited. */
  readonly model: string;
  readonly run: string;
  /** What the run explains. */
  readonly class: string;
  /** Tensor that is edited. */
  readonly layer: string;
  readonly how: EditWay;
  /** The only class whose score is edited. */
  readonly onlyClass?: string;
  readonly concepts: readonly EditedConcept[];
  readonly above?: number;
  /** By the order of `concepts` in the bank: amounts up to which they are left alone, and means that take their place. */
  readonly bounds?: readonly number[];
  readonly means?: readonly number[];
}

/** The numbers of an edit that {@link EditRecord} tells. */
export function changeOf(edit: ConceptEdit): Pick<EditRecord, 'bounds' | 'means'> {
  const { above, means } = edit;
  const rows = editedRows(edit);
  return {
    ...(above && { bounds: rows.map((row) => above[row]) }),
    ...(means && { means: rows.map((row) => means[row]) }),
  };
}
