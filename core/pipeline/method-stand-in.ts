import { MAP_METHODS, type MapMethod } from '../attribution/methods.ts';
import { TesseraError } from '../errors.ts';
import type { ConceptSources } from './concept-sources.ts';

/** A method that can draw, and why it is not the one that was asked for. */
export interface DrawingMethod {
  readonly method: MapMethod;
  readonly reason?: string;
}

/**
 * The method itself, or the stand-in where the model has an operator without a derivative, and the reason. Any other
 * failure is thrown.
 */
export function methodFor(
  sources: Pick<ConceptSources, 'requireGradients'>,
  asked: MapMethod,
  standIn: MapMethod,
): DrawingMethod {
  try {
    sources.requireGradients(MAP_METHODS[asked].needs);
    return { method: asked };
  } catch (error) {
    const isFlat =
      error instanceof TesseraError &&
      (error.code === 'unsupported-operator' || error.code === 'not-differentiable');
    if (!isFlat) throw error;
    return { method: standIn, reason: error.message };
  }
}
