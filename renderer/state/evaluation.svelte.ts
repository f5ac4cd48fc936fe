import type { ErrorAnalysis, EvaluationLevel, RankCurve, RunEvaluation } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** How far the shown run can be trusted, and the evidence for a number of concepts. */
export class EvaluationState {
  readonly evaluation = new Loadable<RunEvaluation>();
  readonly errors = new Loadable<ErrorAnalysis>();
  /** For the setup, or for the run without a weighing of its own. */
  readonly rank = new Loadable<RankCurve>();
  readonly #connection: Connection;
  #runId = '';
  #rankKey = $state('');

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Reads what is known of a run. */
  read(runId: string): void {
    if (runId !== this.#runId) {
      this.#runId = runId;
      this.evaluation.set(undefined);
      this.errors.set(undefined);
    }
    void this.evaluation.load(() => this.#connection.api.getEvaluation({ runId }));
    void this.errors.load(() => this.#connection.api.getErrorAnalysis({ runId }));
  }

  /** Evaluates the run anew; the old figures remain in sight until the new ones are there. */
  evaluate(level: EvaluationLevel): void {
    const runId = this.#runId;
    void this.evaluation.load(() => this.#connection.api.evaluateRun({ runId, level }));
  }

  weighRun(): void {
    const runId = this.#runId;
    void this.evaluation.load(async () => {
      await this.#connection.api.weighRanks({ runId });
      return this.#connection.api.getEvaluation({ runId });
    });
  }

  /** Weighs for the setup; `key` names what the outcome depends on. */
  weighSetup(key: string): void {
    this.#rankKey = key;
    void this.rank.load(() => this.#connection.api.weighRanks({}));
  }

  /** The weighing of the setup with this key, if that is the one at hand. */
  rankFor(key: string): RankCurve | undefined {
    return key === this.#rankKey ? this.rank.value : undefined;
  }

  stop(): void {
    void this.#connection.api.stopEvaluation();
  }
}
