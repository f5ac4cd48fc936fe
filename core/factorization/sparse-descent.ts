import { gramOfColumns, gramOfRows } from '../linalg/gram.ts';
import { matrix, rowView, takeRows, type Matrix } from '../linalg/matrix.ts';
import { innerProduct, residualRow, squaredRowNorms } from '../linalg/norms.ts';
import { transpose } from '../linalg/transpose.ts';
import type { BoundMatrix } from '../platform.ts';
import { hasStalled, type BankRule } from './descent.ts';
import type { FactorizationOptions, FactorizationStatus } from './factorization.ts';
import { Pursuit } from './pursuit.ts';
import { RowCodes } from './row-codes.ts';
import { codesOf } from './sparse-codes.ts';

/** Rows tried for a new atom, for each that is wanted; two that are closer than the cosine would be one atom. */
const TRIED = 8;
const ALIKE = 0.9;
/** Share of the atoms that are put elsewhere at a time once all have settled, and iterations for them to find their place. */
const MOVED = 1 / 8;
const GRACE = 6;
/** What such a move must lower the loss by, as a share of it. */
const WORTH = 5e-4;
/** Settled once five iterations together lower the loss by less than this share of it. */
const STALLED = 5e-4;
/** A loss may seem to rise by this share through rounding in float32. */
const ROUNDING = 1e-6;

/** How a dictionary is improved from where it is. */
export interface SparseWork extends Pick<FactorizationOptions, 'gemm' | 'onIteration' | 'signal'> {
  readonly rule: BankRule;
  readonly active: number;
  readonly maxIter: number;
  readonly tol: number;
  /** How often atoms that matter least may be put where rows are explained worst; each is taken back unless it pays. */
  readonly moves: number;
}

/** Where the alternation ended. */
export interface SparseDescent {
  /** Atoms of the lowest loss, [K, p]. */
  readonly atoms: Matrix;
  readonly status: FactorizationStatus;
  /** Lowest loss so far after every iteration that counts. */
  readonly losses: readonly number[];
  readonly reseeded: number;
  readonly projectedGradient: number;
}

/** Codes and atoms in turn until the loss has stopped falling, then from better places for those that matter least. */
export async function alternate(a: Matrix, start: Matrix, work: SparseWork): Promise<SparseDescent> {
  const bound = await work.gemm.bind(a);
  try {
    let best = await settle(a, bound, start, work);
    for (let move = 0; move < work.moves && best.status === 'converged'; move++) {
      const left = work.maxIter - best.losses.length;
      const moved = await movedAtoms(a, best.atoms, best.energies, work);
      if (left < 2 || moved === undefined) break;
      const tried = await settle(a, bound, moved.atoms, { ...work, maxIter: Math.min(GRACE, left) }, best);
      const lowest = best.losses[best.losses.length - 1];
      if (!((tried.losses.at(-1) ?? lowest) < lowest * (1 - WORTH))) break;
      const rest = await settle(a, bound, tried.atoms, { ...work, maxIter: left }, tried);
      best = { ...rest, reseeded: rest.reseeded + moved.count };
    }
    return best;
  } finally {
    await bound.dispose();
  }
}

interface Settled extends SparseDescent {
  /** Squared amounts of each atom over all rows, [K]. */
  readonly energies: Float64Array;
}

/** The alternation from one start; losses go on from those of `before`, and none above their last is noted. */
async function settle(
  a: Matrix,
  bound: BoundMatrix,
  start: Matrix,
  { rule, active, maxIter, tol, onIteration, signal }: SparseWork,
  before?: Settled,
): Promise<Settled> {
  const norms = squaredRowNorms(a);
  const codes = new RowCodes(a.rows, active);
  const losses = [...(before?.losses ?? [])];
  const ceiling = losses.at(-1) ?? Infinity;
  const own: number[] = [];
  let best = { atoms: start, energies: new Float64Array(start.rows) };
  let [atoms, reseeded] = [start, before?.reseeded ?? 0];
  let [firstGradient, projectedGradient] = [0, 1];
  const end = (status: FactorizationStatus): Settled => ({
    ...best,
    status,
    losses,
    reseeded,
    projectedGradient,
  });
  for (let iteration = 1; iteration <= maxIter; iteration++) {
    signal?.throwIfAborted();
    const u = codes.find(
      await bound.timesTransposed(atoms),
      new Pursuit(gramOfRows(atoms), atoms.rows, active),
    );
    const loss = codes.lossOf(norms);
    if (!Number.isFinite(loss)) return end('non-finite');
    const lowest = own.at(-1) ?? Infinity;
    // Given the atoms of before no row is coded worse, and given the codes no atom is.
    if (loss > lowest * (1 + ROUNDING)) return end('converged');
    const gram = gramOfColumns(u);
    best = { atoms, energies: gram.filter((_, at) => at % (atoms.rows + 1) === 0) };
    own.push(Math.min(loss, lowest));
    if (own[own.length - 1] <= ceiling) losses.push(own[own.length - 1]);
    onIteration?.(losses.length, own[own.length - 1]);
    const improved = await improvedAtoms(bound, u, gram, atoms, rule);
    if (iteration === 1) firstGradient = improved.gradient;
    projectedGradient = firstGradient > 0 ? improved.gradient / firstGradient : 0;
    if (hasStalled(own, STALLED) || projectedGradient <= tol) return end('converged');
    atoms = improved.atoms;
    reseeded += replaceUnused(a, codes, atoms, norms);
  }
  return end('max-iter-reached');
}

/** Atoms for given codes, of unit length; those that no row uses stay as they are. */
async function improvedAtoms(
  bound: BoundMatrix,
  u: Matrix,
  gram: Float64Array,
  atoms: Matrix,
  rule: BankRule,
) {
  const wt = transpose(atoms);
  const gradient = rule.update(wt, transpose(await bound.transposedTimes(u)), gram);
  const next = unitRows(transpose(wt));
  for (let k = 0; k < next.rows; k++) {
    const own = rowView(next, k);
    if (innerProduct(own, own) === 0) own.set(rowView(atoms, k));
  }
  return { atoms: next, gradient: Math.sqrt(gradient) };
}

/** Writes rows that are badly explained, and not alike, over atoms that no row uses, which costs nothing; how many. */
function replaceUnused(a: Matrix, codes: RowCodes, atoms: Matrix, norms: Float64Array): number {
  const unused = [...codes.uses.keys()].filter((k) => codes.uses[k] === 0);
  if (unused.length === 0) return 0;
  const rows = codes.worst(norms, TRIED * unused.length).filter((row) => norms[row] > 0);
  const taken = unlike(unitRows(takeRows(a, rows)), unused.length);
  taken.forEach((own, i) => rowView(atoms, unused[i]).set(own));
  return taken.length;
}

/** The atoms with those that matter least in the direction of what is left of the rows explained worst. */
async function movedAtoms(
  a: Matrix,
  atoms: Matrix,
  energies: Float64Array,
  { active, rule, gemm }: SparseWork,
): Promise<{ readonly atoms: Matrix; readonly count: number } | undefined> {
  const { coefficients } = await codesOf(a, { ...atoms, active }, { gemm });
  const wanted = Math.max(1, Math.floor(MOVED * atoms.rows));
  const residual = new Float64Array(a.cols);
  const left = Float64Array.from({ length: a.rows }, (_, row) => {
    residualRow(a, coefficients, atoms, row, residual);
    return residual.reduce((sum, value) => sum + (value > 0 || rule.isSigned ? value ** 2 : 0), 0);
  });
  const worst = [...left.keys()].sort((x, y) => left[y] - left[x]).slice(0, TRIED * wanted);
  const directions = matrix(worst.length, a.cols);
  worst.forEach((row, i) => {
    residualRow(a, coefficients, atoms, row, residual);
    rowView(directions, i).set(residual.map((value) => (rule.isSigned ? value : Math.max(value, 0))));
  });
  const taken = unlike(unitRows(directions), wanted);
  if (taken.length === 0) return undefined;
  const least = [...energies.keys()].sort((x, y) => energies[x] - energies[y]);
  const next = matrix(atoms.rows, atoms.cols, atoms.data.slice());
  taken.forEach((own, i) => rowView(next, least[i]).set(own));
  return { atoms: next, count: taken.length };
}

/** The first rows of unit length that are not alike, at most so many. */
function unlike(rows: Matrix, most: number): Float32Array[] {
  const taken: Float32Array[] = [];
  for (let row = 0; row < rows.rows && taken.length < most; row++) {
    const own = rowView(rows, row);
    if (innerProduct(own, own) > 0 && taken.every((other) => innerProduct(own, other) < ALIKE))
      taken.push(own);
  }
  return taken;
}

/** Copies of the rows at unit length; rows of zeros stay. */
export function unitRows(a: Matrix): Matrix {
  const result = matrix(a.rows, a.cols, a.data.slice());
  squaredRowNorms(a).forEach((norm, row) => {
    const scale = norm > 0 ? 1 / Math.sqrt(norm) : 0;
    const own = rowView(result, row);
    for (let j = 0; j < own.length; j++) own[j] *= scale;
  });
  return result;
}
