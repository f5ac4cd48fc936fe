/*
 * Tessera as a library: everything below runs in a test, a script or another program. An `Environment` says where files,
 * pictures and devices come from; `main/compute/node-environment.ts` makes the one of this machine.
 */
export { TesseraError, type ErrorCode } from './errors.ts';
export type * from './platform.ts';
export type { Tensor } from './tensor.ts';
export type { Matrix } from './linalg/matrix.ts';

export type * from './onnx/graph.ts';
export { decodeModel, encodeModel } from './onnx/proto.ts';
export { findCutPoints } from './onnx/cut-points.ts';
export { splitModel } from './onnx/split.ts';
export { specialiseHead } from './onnx/specialise.ts';
export { vjp } from './autodiff/vjp.ts';

export { nmf } from './factorization/nmf.ts';
export { semiNmf } from './factorization/semi-nmf.ts';
export { nnls } from './factorization/nnls.ts';
export { replicatedDesign } from './sampling/replicated-design.ts';
export { totalIndex } from './sensitivity/total-index.ts';
export { bootstrapImportance } from './sensitivity/bootstrap.ts';

export type * from './concepts/explanation.ts';
export { DEFAULT_OPTIONS, CRAFT_DEFAULTS, type RunOptions } from './concepts/run-options.ts';
export type { Environment } from './pipeline/environment.ts';
export { openModel, type ModelIntake } from './pipeline/model-intake.ts';
export { openOrCreateProject } from './pipeline/open-project.ts';
export { explain } from './pipeline/explain.ts';
export { writeReport } from './pipeline/write-report.ts';
export { openProject, loadRun } from './project/project-folder.ts';
export { loadRunTensors } from './project/run-tensors.ts';
export { resolveQuestion } from './pipeline/question.ts';
export { decodeSafetensors, encodeSafetensors } from './project/safetensors.ts';

export * as implicit from './implicit/index.ts';
