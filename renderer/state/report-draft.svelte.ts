import { SvelteSet } from 'svelte/reactivity';
import type {
  DocumentId,
  ReportChoice,
  ReportSection,
  RunKey,
  SavedReport,
} from '../../main/api/contract.ts';
import { isCancelled, type Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Telling } from './notices.svelte.ts';

/** The report that is being put together. */
export class ReportDraft {
  readonly sections = new Loadable<readonly ReportSection[]>();
  readonly preview = new Loadable<DocumentId>();
  readonly leftOutSections = new SvelteSet<string>();
  readonly leftOutConcepts = new SvelteSet<string>();
  saved = $state.raw<SavedReport | null>(null);
  isSaving = $state(false);
  readonly #run: RunKey;
  readonly #notices: Telling;
  readonly #connection: Connection;

  constructor(connection: Connection, notices: Telling, run: RunKey) {
    this.#connection = connection;
    this.#notices = notices;
    this.#run = run;
  }

  readSections(): void {
    if (this.sections.value === undefined)
      void this.sections.load(() => this.#connection.api.listReportSections());
  }

  /** What is chosen, given the concepts that could be printed. */
  choice(concepts: readonly { readonly id: string }[]): ReportChoice {
    return {
      ...this.#run,
      concepts: concepts.map(({ id }) => id).filter((id) => !this.leftOutConcepts.has(id)),
      sections: (this.sections.value ?? []).map(({ id }) => id).filter((id) => !this.leftOutSections.has(id)),
    };
  }

  show(choice: ReportChoice): void {
    void this.preview.load(() => this.#connection.api.previewReport(choice));
  }

  async save(choice: ReportChoice, as: 'html' | 'pdf'): Promise<SavedReport | null> {
    this.isSaving = true;
    try {
      const { api } = this.#connection;
      this.saved = as === 'html' ? await api.saveReport(choice) : await api.printReport(choice);
      if (this.saved.path !== null) this.#notices.tell(`Saved: ${this.saved.path}`);
      return this.saved;
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('The report was not saved: its writing was stopped.');
      else this.#notices.fail(error);
      return null;
    } finally {
      this.isSaving = false;
    }
  }
}
