/** A linear programme over non-negative variables with non-negative costs. */
export interface LinearProgramme {
  /** c [n], >= 0. */
  readonly costs: ArrayLike<number>;
  /** Each row a, b of a · x >= b. */
  readonly constraints: readonly { readonly row: ArrayLike<number>; readonly atLeast: number }[];
}

/** Outcome of a linear programme. */
export interface LinearSolution {
  readonly status: 'optimal' | 'infeasible' | 'max-iter-reached';
  /** [n]; the point reached, of no use where the programme is infeasible. */
  readonly x: Float64Array;
}

/** Below this a coefficient counts as zero. */
const ZERO = 1e-10;

/**
 * Minimises c · x subject to a_i · x >= b_i and x >= 0, exactly, by the dual simplex method.
 *
 * With c >= 0 the empty point is dual feasible, so that no first phase is needed: the most violated constraint leaves,
 * the variable that makes it good at the least cost enters, the first of equals.
 *
 * Status  never throws; `max-iter-reached` after 50 · (n + m) pivots.
 * Source  Chvátal 1983, Linear Programming, chapters 2 and 10 (dictionaries).
 * Limits  dense: n · m numbers, each pivot touches all. For a few hundred variables and constraints.
 */
export function linearProgramme({ costs, constraints }: LinearProgramme): LinearSolution {
  const [n, m] = [costs.length, constraints.length];
  // Row i says: basic variable i = last entry + entries · (variables that are zero); the last row is the objective.
  const rows = constraints.map(({ row, atLeast }) => Float64Array.from([...Array.from(row), -atLeast]));
  rows.push(Float64Array.from([...Array.from(costs), 0]));
  const nonBasic = Array.from({ length: n }, (_, j) => j);
  const basic = Array.from({ length: m }, (_, i) => n + i);
  let status: LinearSolution['status'] = 'max-iter-reached';
  for (let pivots = 0; pivots < 50 * (n + m); pivots++) {
    const leaving = mostViolated(rows, m, n);
    if (leaving < 0) {
      status = 'optimal';
      break;
    }
    const entering = cheapest(rows[leaving], rows[m], n);
    if (entering < 0) {
      status = 'infeasible';
      break;
    }
    pivot(rows, leaving, entering);
    [basic[leaving], nonBasic[entering]] = [nonBasic[entering], basic[leaving]];
  }
  const x = new Float64Array(n);
  basic.forEach((variable, i) => {
    if (variable < n) x[variable] = Math.max(0, rows[i][n]);
  });
  return { status, x };
}

function mostViolated(rows: readonly Float64Array[], m: number, n: number): number {
  let [worst, at] = [-ZERO, -1];
  for (let i = 0; i < m; i++) if (rows[i][n] < worst) [worst, at] = [rows[i][n], i];
  return at;
}

function cheapest(row: Float64Array, objective: Float64Array, n: number): number {
  let [least, at] = [Infinity, -1];
  for (let j = 0; j < n; j++) {
    if (row[j] <= ZERO) continue;
    const price = objective[j] / row[j];
    if (price < least) [least, at] = [price, j];
  }
  return at;
}

/** Solves row i for variable j and puts the result into all other rows. */
function pivot(rows: readonly Float64Array[], i: number, j: number): void {
  const row = rows[i];
  const scale = -1 / row[j];
  for (let k = 0; k < row.length; k++) row[k] *= scale;
  row[j] = -scale;
  for (const other of rows) {
    const factor = other[j];
    if (other === row || factor === 0) continue;
    other[j] = 0;
    for (let k = 0; k < row.length; k++) other[k] += factor * row[k];
  }
}
