import type { ImageFile } from '../../../core/images/folder-scan.ts';
import type { ModelSummary } from '../../api/contract.ts';
import { CarriedError } from '../../api/serialize-error.ts';
import type { ModelQuestion } from '../../compute/protocol.ts';
import { missing, type SetupState } from '../setup-state.ts';

/** What most questions about a setup need. */
interface ChosenPictures {
  readonly question: ModelQuestion;
  readonly model: ModelSummary;
  readonly images: readonly ImageFile[];
}

/** The model and the pictures of a setup; 'bad-usage' while one is missing, the model's own failure if it has one. */
export function requirePictures({ question, model, scan, problems }: SetupState): ChosenPictures {
  if (question === null || model === null) {
    if (problems.model !== undefined) throw new CarriedError(problems.model);
    throw missing('a model', 'Drop an .onnx file, or open the demo.');
  }
  if (model.open !== null) throw new CarriedError(model.open.problem);
  if (scan === null) throw missing('pictures', 'Drop one or more folders of pictures.');
  const { images } = scan;
  return { question, model, images };
}

/** The class that a setup is about; 'bad-usage' while none is chosen. */
export function requireClass({ options: { classIndex } }: SetupState): number {
  if (classIndex !== null) return classIndex;
  throw missing('a class to explain', 'Choose one of those that the model predicts.');
}

/** Where a setup's project is or will be; 'bad-usage' while there is no model. */
export function requireFolder({ folder }: SetupState): string {
  if (folder === null) throw missing('a model', 'Drop an .onnx file, or open the demo.');
  return folder;
}
