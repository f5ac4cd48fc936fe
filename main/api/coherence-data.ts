import type { CheckNumber, Coherence } from '../../core/study/coherence-check.ts';
import type { PictureId } from './app-data.ts';
import type { RunKey } from './run-data.ts';

export type { CheckNumber, CheckSize, Coherence } from '../../core/study/coherence-check.ts';

/*
 * The analyst's own test of whether concepts hold together, as it crosses from the workbench to its views. See contract.ts.
 */

/** How a concept holds together in the analyst's eyes. */
export interface ConceptCoherence extends Coherence {
  /** Id and name of the concept or part as it is shown. */
  readonly concept: string;
  readonly name: string;
}

/** A check to be answered; which crop is the intruder stays behind. */
export interface CoherenceCheck extends CheckNumber {
  /** Five crops each, in the order in which they are shown. */
  readonly sets: readonly (readonly PictureId[])[];
  /** How many of them have an answer already: it goes on there. */
  readonly answered: number;
}

/** The answer to a set: the place of the crop that was said to be of another concept. */
export interface CoherenceAnswer extends RunKey, CheckNumber {
  readonly set: number;
  readonly crop: number;
}

/** Questions about the coherence of concepts. */
export interface CoherenceApi {
  /** Of concepts that were asked about, in the order of the run. */
  listCoherence(run: RunKey): Promise<readonly ConceptCoherence[]>;
  /** The check that was begun last and not finished, or a new one. Fails with 'no-images' where there are no crops for one. */
  drawCoherenceCheck(query: RunKey & Pick<CheckNumber, 'size'>): Promise<CoherenceCheck>;
  /** Keeps an answer; was it right? */
  answerCoherenceSet(answer: CoherenceAnswer): Promise<boolean>;
}
