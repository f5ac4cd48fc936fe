import type { Association } from './associations.ts';
import type { ColumnKind } from './column-kinds.ts';
import type { PictureTable } from './read-table.ts';
import type { SliceConcept } from './slice-concepts.ts';
import type { Slice } from './slices.ts';

/** A column as a person sees it: what it holds, and its levels to filter by. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Images without a value. */
  readonly missing: number;
  readonly notice?: string;
  /** Absent where it cannot be filtered by. */
  readonly levels?: readonly string[];
  /** The place of the level of each image that the run was given, explained ones first; -1 where it is not known. */
  readonly of?: readonly number[];
}

/** An association by the names of what goes along. */
export type NamedAssociation = Omit<Association, 'concept' | 'column'> & {
  /** Id of the concept. */
  readonly concept: string;
  readonly column: string;
};

/** A slice with the concepts that are more active in it. */
export type NamedSlice = Omit<Slice, 'column'> & {
  readonly column: string;
  /** Null where too few images of it, or of the others, were explained. */
  readonly concepts: readonly (Omit<SliceConcept, 'concept'> & { readonly concept: string })[] | null;
};

/** What a table has to do with a run. */
export interface RunColumns {
  readonly table: Omit<PictureTable, 'columns'>;
  readonly columns: readonly ColumnFacts[];
  readonly concepts: readonly { readonly id: string; readonly name: string }[];
  /** Explained images, each once. */
  readonly explained: number;
  /** Images whose folder says what they are, and those of them that the model calls something else. */
  readonly judged: number;
  readonly wrong: number;
  /** Of every concept with every column, the clearest first. */
  readonly associations: readonly NamedAssociation[];
  /** The worst first. */
  readonly slices: readonly NamedSlice[];
}
