import { PatternGatherer, UsualGatherer, type UsualPlaces } from '../../editing/concept-patterns.ts';
import type { ConceptEdit, EditWay } from '../../editing/concept-edit.ts';
import { changedAmounts } from '../../editing/edited-activations.ts';
import { TesseraError } from '../../errors.ts';
import { matrix, rowView, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { transpose } from '../../linalg/transpose.ts';
import type { ScoredScope } from '../run-context.ts';
import { FEWEST_OTHERS, imagesFor, planEdit, rowsOf, type AskedEdit, type PlannedRun } from './plan-edit.ts';

/** An edit that is tried: which concepts, rows of the bank, by which factor, and how. */
export interface EditCandidate {
  readonly how: EditWay;
  readonly rows: readonly number[];
  readonly factor: number;
}

/**
 * Plans many edits of one run as `planEdit` plans each: what they take from pictures is read once for all that are asked for
 * together.
 */
export class CandidatePlanner {
  readonly #scope: ScoredScope;
  readonly #run: PlannedRun;
  readonly #signal: AbortSignal | undefined;
  readonly #plain = new Map<EditWay, Promise<ConceptEdit | undefined>>();
  readonly #alone = new Map<string, Promise<ConceptEdit | undefined>>();
  readonly #patterns = new Map<string, Matrix>();
  #usual: Promise<UsualPlaces> | undefined;

  constructor(scope: ScoredScope, run: PlannedRun, signal: AbortSignal | undefined) {
    this.#scope = scope;
    this.#run = run;
    this.#signal = signal;
  }

  /** Undefined for what cannot be done to these concepts: directions that depend on each other cannot be projected out, for example. */
  async plan(candidates: readonly EditCandidate[]): Promise<(ConceptEdit | undefined)[]> {
    const r = this.#run.conceptBank.rows;
    if (this.#run.others.length < FEWEST_OTHERS)
      return Promise.all(candidates.map((candidate) => this.#planAlone(candidate)));
    const sets = candidates.filter(({ how }) => how === 'pattern').map(({ rows }) => rows);
    await this.#findPatterns(sets);
    return Promise.all(
      candidates.map(async ({ how, rows, factor }) => {
        const factors = Array.from({ length: r }, (_, row) => (rows.includes(row) ? factor : 1));
        if (how !== 'pattern') {
          const plain = await this.#planOfAll(how);
          return plain && { ...plain, factors };
        }
        const { amounts } = await this.#usualPlaces();
        const patterns = this.#patterns.get(keyOf(rows))!;
        return { how, bank: this.#run.conceptBank, factors, means: amounts, patterns };
      }),
    );
  }

  /** Where few images are without the concepts, those that are depend on which concepts change. */
  async #planAlone({ how, rows, factor }: EditCandidate): Promise<ConceptEdit | undefined> {
    const key = `${how} ${keyOf(rows)}`;
    const factorsBy = (value: number): number[] =>
      Array.from({ length: this.#run.conceptBank.rows }, (_, row) => (rows.includes(row) ? value : 1));
    const known = this.#alone.get(key) ?? this.#planOf({ how, factors: factorsBy(0) });
    this.#alone.set(key, known);
    const plan = await known;
    return plan && { ...plan, factors: factorsBy(factor) };
  }

  /** The edit of all concepts, of which others have the means. */
  #planOfAll(how: EditWay): Promise<ConceptEdit | undefined> {
    const known = this.#plain.get(how);
    if (known !== undefined) return known;
    const made = this.#planOf({ how, factors: this.#noFactors() });
    this.#plain.set(how, made);
    return made;
  }

  async #planOf(asked: AskedEdit): Promise<ConceptEdit | undefined> {
    try {
      return (await planEdit(this.#scope, this.#run, asked, this.#signal)).edit;
    } catch (error) {
      if (error instanceof TesseraError && error.code === 'bad-usage') return undefined;
      throw error;
    }
  }

  #noFactors(): number[] {
    return Array.from({ length: this.#run.conceptBank.rows }, () => 0);
  }

  #usualPlaces(): Promise<UsualPlaces> {
    this.#usual ??= (async () => {
      const { rows, cols } = this.#run.conceptBank;
      const gatherer = new UsualGatherer(rows, cols);
      for await (const [activations, amounts] of this.#places('without')) gatherer.add(activations, amounts);
      return gatherer.usual();
    })();
    return this.#usual;
  }

  /** Activations and the amounts of all concepts in them. */
  async *#places(which: 'without' | 'withIt'): AsyncGenerator<[Matrix, Matrix]> {
    const own = { how: 'pattern', bank: this.#run.conceptBank, factors: this.#noFactors() } as const;
    const files = imagesFor(this.#run, [...own.factors.keys()])[which];
    for await (const activations of rowsOf(this.#scope, this.#run, files, this.#signal))
      yield [activations, await changedAmounts(activations, own)];
  }

  async #findPatterns(sets: readonly (readonly number[])[]): Promise<void> {
    const wanted = new Map(sets.map((rows) => [keyOf(rows), rows]));
    for (const key of this.#patterns.keys()) wanted.delete(key);
    if (wanted.size === 0) return;
    const usual = await this.#usualPlaces();
    const { conceptBank } = this.#run;
    const gatherers = [...wanted].map(([key, rows]) => {
      const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
      const own = { ...usual, amounts: pick(usual.amounts), bounds: pick(usual.bounds) };
      return { key, rows, gatherer: new PatternGatherer(own, takeRows(conceptBank, rows)) };
    });
    for await (const [activations, amounts] of this.#places('withIt')) {
      const byConcept = transpose(amounts);
      for (const { rows, gatherer } of gatherers)
        gatherer.add(activations, transpose(takeRows(byConcept, rows)));
    }
    for (const { key, rows, gatherer } of gatherers) {
      const all = matrix(conceptBank.rows, conceptBank.cols);
      const found = gatherer.patterns();
      rows.forEach((row, at) => all.data.set(rowView(found, at), row * all.cols));
      this.#patterns.set(key, all);
    }
  }
}

const keyOf = (rows: readonly number[]): string => rows.join(' ');
