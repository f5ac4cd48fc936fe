import type { ColumnFacts, RunColumns, RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** One value of a column, or one group of its values. */
export interface ColumnLevel {
  readonly column: string;
  readonly level: string;
}

/** A column that images can be filtered by. */
export type Facet = ColumnFacts & { readonly levels: readonly string[]; readonly of: readonly number[] };

/** What the project's table has to do with one run. */
export class ColumnsState {
  /** The value whose images are in the galleries of crops. */
  galleryLevel = $state.raw<ColumnLevel | null>(null);
  readonly found = new Loadable<RunColumns | null>();
  readonly #connection: Connection;
  readonly #run: RunKey;
  #asked: string | undefined;

  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
  }

  readonly facets = $derived((this.found.value?.columns ?? []).filter(isFacet));

  /** Reads what a table of this path says, once; null where there is none. */
  read(table: string | null): void {
    if (this.#asked === (table ?? '')) return;
    this.#asked = table ?? '';
    if (table === null) this.found.set(null);
    else void this.found.load(() => this.#connection.api.getColumns(this.#run));
  }

  /** Is an image of a level? `image` is its place among those that the run was given. */
  isOf({ column, level }: ColumnLevel, image: number): boolean {
    const facet = this.facets.find(({ name }) => name === column);
    return facet !== undefined && facet.levels[facet.of[image]] === level;
  }

  /** The first `count` images of the run that are of a level. */
  imagesOf(level: ColumnLevel, count: number): readonly number[] {
    return Array.from({ length: count }, (_, image) => image).filter((image) => this.isOf(level, image));
  }
}

function isFacet(column: ColumnFacts): column is Facet {
  return column.levels !== undefined && column.of !== undefined;
}
