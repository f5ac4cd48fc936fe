import type {
  DamagedStudy,
  ServedStudy,
  StudyFindings,
  StudyKey,
  StudyPlan,
  StudySummary,
} from '../../main/api/contract.ts';
import { isCancelled, type Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';
import type { Notices } from './notices.svelte.ts';
import { StudyDraft } from './study-draft.svelte.ts';
import { saveAndTell } from './tell-saved.ts';
import { whileBusy } from './while-busy.ts';

/** Studies with people of the open project: which there are, who takes part, and what came of them. */
export class StudiesState {
  readonly list = new Loadable<readonly (StudySummary | DamagedStudy)[]>();
  /** Id of the study that is shown; null: a new one is planned. */
  selectedId = $state<string | null>(null);
  readonly served = new Loadable<ServedStudy | null>();
  readonly findings = new Loadable<StudyFindings>();
  draft = $state.raw<StudyDraft>()!;
  /** A study is being drawn and frozen. */
  isMaking = $state(false);
  /** Something of its participants is being changed. */
  isBusy = $state(false);
  /** How the study that was made last was drawn. */
  notes = $state.raw<readonly string[]>([]);
  readonly #connection: Connection;
  readonly #notices: Notices;
  #project: string | null = null;

  constructor(connection: Connection, notices: Notices) {
    this.#connection = connection;
    this.#notices = notices;
    this.draft = new StudyDraft(connection);
  }

  readonly studies = $derived(this.list.value ?? []);
  readonly selected = $derived(this.studies.find(({ study }) => study === this.selectedId));

  /** Reads the studies of a project; of another one nothing of the former stays. */
  read(project: string | null): void {
    if (project !== this.#project) {
      this.#project = project;
      this.select(null);
      this.list.set(undefined);
      this.draft = new StudyDraft(this.#connection);
    }
    if (project !== null) void this.list.load(() => this.#connection.api.listStudies({ project }));
  }

  select(study: string | null): void {
    this.selectedId = study;
    this.notes = [];
    this.findings.set(undefined);
    this.served.set(undefined);
    const key = this.#key;
    if (key) void this.served.load(() => this.#connection.api.getServedStudy(key));
  }

  /** A study has changed, by a participant or by another page. */
  changed({ project, study }: StudyKey): void {
    if (project !== this.#project) return;
    this.read(project);
    const key = this.#key;
    if (key?.study === study) void this.served.load(() => this.#connection.api.getServedStudy(key));
  }

  /** Draws a study and freezes it; then it is shown. */
  async make(plan: StudyPlan): Promise<void> {
    const project = this.#project;
    if (project === null || this.isMaking) return;
    this.isMaking = true;
    const { title, consent } = this.draft;
    try {
      const made = await this.#connection.api.makeStudy({ project, title, consent, ...plan });
      if (project !== this.#project) return;
      this.draft = new StudyDraft(this.#connection);
      this.draft.consent = consent;
      await this.list.load(() => this.#connection.api.listStudies({ project }));
      this.select(made.study);
      this.notes = made.notes;
    } catch (error) {
      if (isCancelled(error)) this.#notices.tell('Stopped: no study was made.');
      else this.#notices.fail(error);
    } finally {
      this.isMaking = false;
    }
  }

  rehearse(plan: StudyPlan): void {
    if (this.#project !== null) this.draft.rehearse(this.#project, plan);
  }

  /** Serves links for so many participants, on this machine alone or at an address of it. */
  serve(participants: number, address: string): Promise<void> {
    const where = address.trim() === '' ? {} : { address: address.trim() };
    return this.#withServed((key) => this.#connection.api.serveStudy({ ...key, participants, ...where }));
  }

  stop(): Promise<void> {
    return this.#withServed(async (key) => {
      await this.#connection.api.stopStudy(key);
      return null;
    });
  }

  renewLink(participant: number): Promise<void> {
    return this.#withServed((key) => this.#connection.api.renewStudyLink({ ...key, participant }));
  }

  /** Deletes for good what a participant answered; what was found with it counts no more. */
  withdraw(participant: number): Promise<void> {
    return this.#withServed(async (key) => {
      const served = await this.#connection.api.withdrawParticipant({ ...key, participant });
      this.findings.set(undefined);
      this.#notices.tell(`The answers of participant ${participant} are deleted.`);
      return served;
    });
  }

  /** Fills the screen with the page of the next participant. */
  startKiosk(): Promise<void> {
    return this.#tried(async (key) => {
      const { participant, keys } = await this.#connection.api.startKiosk(key);
      this.#notices.tell(
        `Participant ${participant} sits at the full-screen window. ${keys.leave} leaves it, ${keys.next} goes on to the next.`,
      );
    });
  }

  analyse(): void {
    const key = this.#key;
    if (key) void this.findings.load(() => this.#connection.api.analyseStudy(key));
  }

  async savePage(page: string, name: string): Promise<void> {
    const write = () => this.#connection.api.saveStudyPage({ page, name });
    await saveAndTell(this.#notices, write, { name: `${name}.html` });
  }

  async saveTables(study: string): Promise<void> {
    const project = this.#project;
    if (project === null) return;
    const write = () => this.#connection.api.saveStudyTables({ project, study });
    await saveAndTell(this.#notices, write, { name: `${study} answers.zip` });
  }

  get #key(): StudyKey | undefined {
    const [project, study] = [this.#project, this.selectedId];
    return project === null || study === null ? undefined : { project, study };
  }

  async #withServed(act: (key: StudyKey) => Promise<ServedStudy | null>): Promise<void> {
    await this.#tried(async (key) => {
      const served = await act(key);
      if (this.#key?.study === key.study) this.served.set(served);
    });
  }

  async #tried(act: (key: StudyKey) => Promise<void>): Promise<void> {
    const key = this.#key;
    if (key && !this.isBusy) await whileBusy(this, this.#notices, () => act(key));
  }
}
