import {
  describeModel,
  requireIntake,
  type ModelDescription,
  type ModelIntake,
} from '../../../core/pipeline/model-intake.ts';
import type { Environment } from '../../../core/pipeline/environment.ts';
import type { ModelQuestion } from '../protocol.ts';
import { createKeptAnswers } from './kept-answers.ts';

/** Opens models, keeping the last ones: a large file takes seconds to read. */
export type OpenIntake = (question: ModelQuestion) => Promise<ModelIntake>;

/** As {@link OpenIntake}, also of a model of which nothing can be asked yet. */
export type DescribeModel = (question: ModelQuestion) => Promise<ModelDescription>;

const KEPT = 2;

/** A changed model is opened anew. A labels or preprocessing file that changes under its name is read at the next start. */
export function createDescriptions({ storage }: Pick<Environment, 'storage'>): DescribeModel {
  const kept = createKeptAnswers<ModelDescription>(KEPT);
  return async ({ path, ...options }) => {
    const key = JSON.stringify([path, await modifiedAt(path), options]);
    return kept(key, () => describeModel(storage, path, options));
  };

  // A model that is not there is reported by openModel in its own words.
  async function modifiedAt(path: string): Promise<number> {
    return (await storage.exists(path)) ? (await storage.stat(path)).modifiedMs : 0;
  }
}

/** Models of descriptions. */
export function createIntakes(
  environment: Pick<Environment, 'storage'>,
  describe = createDescriptions(environment),
): OpenIntake {
  return async (question) => requireIntake(question.path, await describe(question));
}
