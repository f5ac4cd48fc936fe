import type { ErrorAnalysis, EvaluationLevel, RunEvaluation, RunKey } from '../../main/api/contract.ts';
import type { Connection } from '../api.ts';
import { Loadable } from './loadable.svelte.ts';

/** How far a run can be trusted. */
export class EvaluationState {
  readonly evaluation = new Loadable<RunEvaluation>();
  readonly errors = new Loadable<ErrorAnalysis>();
  /** Whether what is under way is other numbers of concepts. */
  isWeighing = $state(false);
  readonly #connection: Connection;
  readonly #run: RunKey;

  constructor(connection: Connection, run: RunKey) {
    this.#connection = connection;
    this.#run = run;
  }

  /** Reads the verdict and its figures. */
  readVerdict(): void {
    void this.evaluation.load(() => this.#connection.api.getEvaluation(this.#run));
  }

  /** Reads what is known. */
  read(): void {
    this.readVerdict();
    void this.errors.load(() => this.#connection.api.getErrorAnalysis(this.#run));
  }

  /** Evaluates the run anew; the old figures remain in sight until the new ones are there. */
  evaluate(level: EvaluationLevel): void {
    this.isWeighing = false;
    void this.evaluation.load(() => this.#connection.api.evaluateRun({ ...this.#run, level }));
  }

  /** Weighs other numbers of concepts for the run. */
  weigh(): void {
    this.isWeighing = true;
    void this.evaluation.load(async () => {
      await this.#connection.api.weighRanks({ run: this.#run });
      return this.#connection.api.getEvaluation(this.#run);
    });
  }
}
