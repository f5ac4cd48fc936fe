/** Solvers of one shape with implicit differentiation built in. */
export { bisection } from './bisection.ts';
export { blockCoordinateDescent } from './block-coordinate-descent.ts';
export { anderson, fixedPointIteration } from './fixed-point-iteration.ts';
export { lbfgs } from './lbfgs.ts';
export { gaussNewton, levenbergMarquardt } from './least-squares.ts';
export { entropicDescent, mirrorDescent } from './mirror-descent.ts';
export { nmfAdmm, nmfOptimality } from './nmf-admm.ts';
export type { NmfFactors } from './nmf-admm.ts';
export { nnlsAdmm, nnlsOptimality } from './nnls-admm.ts';
export { gradientDescent, projectedGradient, proximalGradient } from './proximal-gradient.ts';
export { equalityQp, quadraticProgramme } from './quadratic-programme.ts';
export { broyden, newton } from './quasi-newton-root.ts';
export type { Solver, SolverOptions, SolverState, SolverStats, SolverStatus } from './solver.ts';
