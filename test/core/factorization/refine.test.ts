import { describe, expect, it } from 'vitest';
import { openRefineObjective, type RowScores } from '../../../core/factorization/refine-objective.ts';
import { weightsByScore } from '../../../core/factorization/score-weights.ts';
import { cosinesToStart, refineBank } from '../../../core/factorization/refine.ts';
import type { CodedBank } from '../../../core/linalg/coded-bank.ts';
import { matrix, takeRows, type Matrix } from '../../../core/linalg/matrix.ts';
import { squaredRowNorms } from '../../../core/linalg/norms.ts';
import { plainGemm, timesTransposed } from '../../../core/linalg/plain-gemm.ts';
import { transpose } from '../../../core/linalg/transpose.ts';
import { createRandom } from '../../../core/random.ts';

const POSITIONS = 3;

function noise(rows: number, cols: number, seed: number, isSigned = false): Matrix {
  const random = createRandom(seed);
  const draw = () => (isSigned ? random.normal() : Math.abs(random.normal()));
  return matrix(rows, cols, Float32Array.from({ length: rows * cols }, draw));
}

function unitRows(a: Matrix): Matrix {
  const norms = squaredRowNorms(a);
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, i) => value / Math.sqrt(norms[Math.floor(i / a.cols)])),
  );
}

/** Scores that bend: tanh of a projection of the mean over positions. */
function bentScores(directions: Matrix) {
  const pooled = (rows: Matrix): Matrix => {
    const result = matrix(rows.rows / POSITIONS, rows.cols);
    rows.data.forEach((value, i) => {
      const image = Math.floor(i / rows.cols / POSITIONS);
      result.data[image * rows.cols + (i % rows.cols)] += value / POSITIONS;
    });
    return result;
  };
  const ofRows = (rows: Matrix): Matrix => {
    const straight = timesTransposed(pooled(rows), directions);
    return matrix(straight.rows, straight.cols, straight.data.map(Math.tanh));
  };
  const scores: RowScores = {
    values: (u, bank) => Promise.resolve(ofRows(timesTransposed(u, transpose(bank)))),
    gradient: (u, bank, cotangents) => {
      const values = ofRows(timesTransposed(u, transpose(bank)));
      const bent = matrix(
        cotangents.rows,
        cotangents.cols,
        cotangents.data.map((value, i) => (value * (1 - values.data[i] ** 2)) / POSITIONS),
      );
      const each = timesTransposed(bent, transpose(directions));
      const moved = takeRows(
        each,
        Array.from({ length: u.rows }, (_, row) => Math.floor(row / POSITIONS)),
      );
      return Promise.resolve({
        byCodes: timesTransposed(moved, bank),
        byBank: timesTransposed(transpose(u), transpose(moved)),
      });
    },
  };
  return { scores, ofRows };
}

/** Images of which a score sees a little that hardly shows in the activations. */
function problem(images: number, seed: number, isSigned = false) {
  const rows = noise(images * POSITIONS, 8, seed, isSigned);
  const { scores, ofRows } = bentScores(noise(2, 8, seed + 1, true));
  return { rows, scores, values: ofRows(rows), start: unitRows(noise(3, 8, seed + 2, isSigned)) };
}

const everyRow = ({ rows }: Matrix): number[] => Array.from({ length: rows }, (_, row) => row);

/** Rows of so many concepts each, far from where one more would come or one go, and with a rest. */
function settledRows(start: Matrix, images: number, active: number): Matrix {
  const amounts = matrix(images * POSITIONS, start.rows);
  const random = createRandom(9);
  for (let row = 0; row < amounts.rows; row++) {
    for (let k = 0; k < start.rows; k++) {
      const isActive = (k + row) % start.rows < active;
      amounts.data[row * start.rows + k] = isActive ? 1 + random.uniform() : -0.5;
    }
  }
  const rest = noise(amounts.rows, start.cols, 10, true);
  const made = timesTransposed(amounts, transpose(start));
  return matrix(
    made.rows,
    made.cols,
    made.data.map((value, i) => value + 0.05 * rest.data[i]),
  );
}

describe('openRefineObjective()', () => {
  it.each([
    ['non-negative', false, undefined],
    ['signed', true, undefined],
    ['sparse', false, 1],
  ] as const)('has the gradient of central differences, %s', async (_, isSigned, active) => {
    const start = unitRows(noise(3, 8, 5, isSigned));
    const rows = settledRows(start, 5, active ?? 2);
    const { scores, ofRows } = bentScores(noise(2, 8, 4, true));
    const values = ofRows(rows);
    const objective = await openRefineObjective(
      { rows, scores: values, weights: weightsByScore(values, everyRow(values)) },
      scores,
      plainGemm,
    );
    const bank: CodedBank = { ...start, ...(active !== undefined && { active }) };
    const weight = 0.7;
    const lossAt = async (direction: Matrix, step: number): Promise<number> => {
      const data = start.data.map((value, i) => value + step * direction.data[i]);
      const { errors } = await objective.at({ ...bank, data });
      return errors.activations + weight * errors.scores;
    };
    const gradient = await objective.gradient(await objective.at(bank), weight);
    for (let seed = 20; seed < 26; seed++) {
      const direction = noise(3, 8, seed, true);
      const step = 1e-3;
      const slope = ((await lossAt(direction, step)) - (await lossAt(direction, -step))) / (2 * step);
      const own = gradient.data.reduce((sum, value, i) => sum + value * direction.data[i], 0);
      expect([own]).toBeAllclose([slope], { rtol: 3e-3, atol: 0.02 });
    }
  });

  it('measures both errors as shares of the variation', async () => {
    const { rows, scores, values, start } = problem(4, 8);
    const objective = await openRefineObjective(
      { rows, scores: values, weights: weightsByScore(values, everyRow(values)) },
      scores,
      plainGemm,
    );
    const { errors, coefficients } = await objective.at(start);
    const rebuilt = timesTransposed(coefficients, transpose(start));
    const mean = (column: number) =>
      rows.data.reduce((sum, value, i) => sum + (i % 8 === column ? value / rows.rows : 0), 0);
    const means = Array.from({ length: 8 }, (_, column) => mean(column));
    const lost = rows.data.reduce((sum, value, i) => sum + (value - rebuilt.data[i]) ** 2, 0);
    const all = rows.data.reduce((sum, value, i) => sum + (value - means[i % 8]) ** 2, 0);
    expect(errors.activations).toBeCloseTo(lost / all, 4);
    expect(errors.scores).toBeGreaterThan(0);
  });
});

describe('refineBank()', () => {
  const partsOf = (seed: number) => {
    const { rows, scores, values, start } = problem(60, seed);
    const weights = weightsByScore(values, everyRow(values).slice(0, 40));
    const part = (from: number, to: number) => ({
      rows: takeRows(
        rows,
        Array.from({ length: (to - from) * POSITIONS }, (_, i) => from * POSITIONS + i),
      ),
      scores: takeRows(values, everyRow(values).slice(from, to)),
      weights: takeRows(weights, everyRow(values).slice(from, to)),
    });
    return { start, scores, parts: { made: part(0, 40), choosing: part(40, 50), unseen: part(50, 60) } };
  };

  it('keeps more of the scores on unseen images, at unit length and without negative entries', async () => {
    const { start, scores, parts } = partsOf(31);
    const counts: number[] = [];
    const found = await refineBank(start, parts, scores, {
      gemm: plainGemm,
      onStep: (done) => counts.push(done),
    });
    expect(found.weight).toBeGreaterThan(0);
    expect(found.after.scores).toBeLessThan(found.before.scores * 0.8);
    for (const norm of squaredRowNorms(found.bank)) expect(norm).toBeCloseTo(1, 5);
    expect(found.bank.data.every((value) => value >= 0)).toBe(true);
    expect(counts.length).toBe(found.steps);
    for (const cosine of cosinesToStart(found.bank, start)) expect(cosine).toBeLessThanOrEqual(1.000001);
  });

  it('gives the start back where nothing it tries is better', async () => {
    const { start, parts } = partsOf(40);
    // Scores that no bank can move.
    const scores: RowScores = {
      values: (u) => Promise.resolve(matrix(u.rows / POSITIONS, 2)),
      gradient: (u, bank) =>
        Promise.resolve({ byCodes: matrix(u.rows, u.cols), byBank: matrix(bank.rows, bank.cols) }),
    };
    const found = await refineBank(start, parts, scores, { gemm: plainGemm });
    expect(found.bank).toEqual(start);
    expect(found.weight).toBe(0);
    expect(found.after).toEqual(found.before);
  });

  it('gives the start back where what was chosen says no more of images that neither has seen', async () => {
    const { start, scores, parts } = partsOf(31);
    // Of these images the scores are those that the start gives, which nothing can be nearer to.
    const { rows } = parts.unseen;
    const objective = await openRefineObjective(parts.unseen, scores, plainGemm);
    const { coefficients } = await objective.at(start);
    await objective.dispose();
    const unseen = { ...parts.unseen, rows, scores: await scores.values(coefficients, start) };
    const found = await refineBank(start, { ...parts, unseen }, scores, { gemm: plainGemm });
    expect(found.bank).toEqual(start);
    expect(found.weight).toBe(0);
    expect(found.after).toEqual(found.before);
    expect(found.refused!.scores).toBeGreaterThan(found.before.scores);
    // On other images the same was a gain.
    expect((await refineBank(start, parts, scores, { gemm: plainGemm })).refused).toBeUndefined();
  });

  it('stops when it is told to', async () => {
    const { start, scores, parts } = partsOf(50);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(refineBank(start, parts, scores, { gemm: plainGemm, signal })).rejects.toThrow('enough');
  });
});
