import { PatternGatherer, UsualGatherer, type UsualPlaces } from '../../editing/concept-patterns.ts';
import type { ConceptEdit, EditWay } from '../../editing/concept-edit.ts';
import { TesseraError } from '../../errors.ts';
import { matrix, rowView, takeRows, type Matrix } from '../../linalg/matrix.ts';
import { transpose } from '../../linalg/transpose.ts';
import type { ScoredScope } from '../run-context.ts';
import type { CutActivations } from './cut-activations.ts';
import {
  FEWEST_OTHERS,
  imagesFor,
  placesOf,
  planEdit,
  type AskedEdit,
  type PlannedRun,
  type PlanWork,
} from './plan-edit.ts';

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
  readonly #work: PlanWork & { readonly activations: CutActivations };
  readonly #plain = new Map<EditWay, Promise<ConceptEdit | undefined>>();
  readonly #alone = new Map<string, Promise<ConceptEdit | undefined>>();
  readonly #patterns = new Map<string, Matrix>();
  #usual: Promise<UsualPlaces> | undefined;

  /** `work.activations` are those at the run's cut. */
  constructor(
    scope: ScoredScope,
    run: PlannedRun,
    work: PlanWork & { readonly activations: CutActivations },
  ) {
    this.#scope = scope;
    this.#run = run;
    this.#work = work;
  }

  /** Undefined for what cannot be done to these concepts: directions that depend on each other cannot be projected out, for example. */
  async plan(candidates: readonly EditCandidate[]): Promise<(ConceptEdit | undefined)[]> {
    const hasOthers = this.#run.others.length >= FEWEST_OTHERS;
    const sets = candidates.filter(({ how }) => how === 'pattern').map(({ rows }) => rows);
    if (hasOthers) await this.#findPatterns(sets);
    const plans: (ConceptEdit | undefined)[] = [];
    for (const candidate of candidates) {
      plans.push(await (hasOthers ? this.#planTogether(candidate) : this.#planAlone(candidate)));
      if (!hasOthers)
        this.#work.onProgress?.({ stage: 'edit-plan', done: plans.length, total: candidates.length });
    }
    return plans;
  }

  async #planTogether({ how, rows, factor }: EditCandidate): Promise<ConceptEdit | undefined> {
    const { conceptBank: bank } = this.#run;
    const factors = Array.from({ length: bank.rows }, (_, row) => (rows.includes(row) ? factor : 1));
    if (how !== 'pattern') {
      const plain = await this.#planOfAll(how);
      return plain && { ...plain, factors };
    }
    const { amounts } = await this.#usualPlaces();
    return { how, bank, factors, means: amounts, patterns: this.#patterns.get(keyOf(rows))! };
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
    const { signal, activations } = this.#work;
    try {
      return (await planEdit(this.#scope, this.#run, asked, { signal, activations })).edit;
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
      for await (const { places, amounts } of this.#places('without')) gatherer.add(places, amounts);
      return gatherer.usual();
    })();
    return this.#usual;
  }

  /** Activations and the amounts of all concepts in them. */
  async *#places(which: 'without' | 'withIt') {
    const own = { how: 'pattern', bank: this.#run.conceptBank, factors: this.#noFactors() } as const;
    const files = imagesFor(this.#run, [...own.factors.keys()])[which];
    const { activations, onProgress } = this.#work;
    for await (const image of placesOf(activations, files, own)) {
      onProgress?.({ stage: 'edit-plan', done: image.at, total: files.length });
      yield image;
    }
    onProgress?.({ stage: 'edit-plan', done: files.length, total: files.length });
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
    for await (const { places, amounts } of this.#places('withIt')) {
      const byConcept = transpose(amounts);
      for (const { rows, gatherer } of gatherers) gatherer.add(places, transpose(takeRows(byConcept, rows)));
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
