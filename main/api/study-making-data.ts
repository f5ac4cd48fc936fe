import type { ShareEstimate } from '../../core/metrics/wilson.ts';
import type { Scenario } from '../../core/study/draw/utility-slots.ts';
import type { PowerQuestion } from '../../core/study/analysis/study-power.ts';
import type { StudyKind } from '../../core/study/study.ts';
import type { DocumentId } from './app-data.ts';
import type { SavedReport } from './report-data.ts';
import type { ProjectKey } from './run-data.ts';

/*
 * Studies as they are made and what comes of them, as that crosses from the workbench to its views; who takes part is in
 * study-data.ts. See contract.ts.
 */

export type { Scenario, StudyKind };

/** What participants of a utility study can be shown while they learn. */
export interface StudyConditionItem {
  readonly name: string;
  /** "concepts with maps" */
  readonly title: string;
  /** Taken unless others are chosen. */
  readonly isUsual: boolean;
}

/** What a study is asked to be, without its consent. */
export interface StudyPlan {
  readonly kind: StudyKind;
  /** Ids of one run; of a utility study also of two. */
  readonly runs: readonly string[];
  /** For each condition. */
  readonly participants: number;
  readonly seed: number;
  /** Of a utility study. */
  readonly utility?: {
    readonly conditions: readonly string[];
    /** Null with one condition. */
    readonly contrast: { readonly condition: string; readonly against: string } | null;
    readonly scenario: Scenario;
    readonly sessions: number;
    readonly train: number;
    readonly test: number;
  };
  /** Of a study of intruders: sets for each concept and part. */
  readonly sets?: number;
}

/** A study that was made and frozen. */
export interface MadeStudy {
  readonly study: string;
  /** How it was drawn, in sentences. */
  readonly notes: readonly string[];
}

/** What a study says, or its rehearsal. */
export interface StudyFindings {
  /** Whose answers these are: of people, or of simulated participants. */
  readonly source: 'people' | 'simulated';
  readonly headline: string;
  readonly cautions: readonly string[];
  /** How the study was drawn, where it was for this alone. */
  readonly notes: readonly string[];
  readonly participants: number;
  /** All of it as a page. */
  readonly page: DocumentId;
}

/** What a view may ask about the making of studies and what comes of them. */
export interface StudyMakingApi {
  listStudyConditions(): Promise<readonly StudyConditionItem[]>;
  /** Chance that the primary test sees a true difference, with the interval of its simulation. */
  estimateStudyPower(
    question: Pick<PowerQuestion, 'participants' | 'sessions' | 'pictures' | 'accuracy' | 'effect'>,
  ): Promise<ShareEstimate>;
  /** Draws a study and freezes it; long work of the kind `study`. Fails with 'bad-usage' where it does not hold together. */
  makeStudy(
    query: { readonly project: ProjectKey; readonly title: string; readonly consent: string } & StudyPlan,
  ): Promise<MadeStudy>;
  /** Lets simulated participants go through a study as it is planned; nothing of it is kept; long work of the kind `study`. */
  rehearseStudy(query: { readonly project: ProjectKey } & StudyPlan): Promise<StudyFindings>;
  /** What came of a study so far. */
  analyseStudy(query: { readonly project: ProjectKey; readonly study: string }): Promise<StudyFindings>;
  /** Saves the page of findings. */
  saveStudyPage(query: { readonly page: DocumentId; readonly name: string }): Promise<SavedReport>;
  /** Saves the study, its answers as tables, their analysis and the page as one ZIP file. */
  saveStudyTables(query: { readonly project: ProjectKey; readonly study: string }): Promise<SavedReport>;
}
