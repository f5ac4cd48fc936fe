import { dictionaryExperiment } from './dictionary-learning.ts';
import { distillationExperiment } from './distillation.ts';
import type { Experiment } from './experiment.ts';
import { hyperParameterExperiment } from './hyper-parameters.ts';
import { jacobianPrecisionExperiment } from './jacobian-precision.ts';
import { molecularDynamicsExperiment } from './molecular-dynamics.ts';
import { nmfExperiment } from './nmf-sensitivity.ts';
import { svmExperiment } from './svm-hyperparameters.ts';

/** All experiments, in the paper's order. */
export const experiments: readonly Experiment[] = [
  jacobianPrecisionExperiment,
  svmExperiment,
  hyperParameterExperiment,
  distillationExperiment,
  dictionaryExperiment,
  molecularDynamicsExperiment,
  nmfExperiment,
];

export { cellText, formatTable } from './experiment.ts';
export type { Experiment, ExperimentResult } from './experiment.ts';
export { renderFigure } from './figure.ts';
