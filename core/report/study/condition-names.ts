import { MAP_METHOD_TITLES } from '../../attribution/methods.ts';

/** What people were shown while they learnt: kinds of explanation, and methods that draw maps. */
const NAMES: Readonly<Record<string, string>> = {
  ...MAP_METHOD_TITLES,
  control: 'no explanation',
  concepts: 'concepts',
  'concept-maps': 'concepts with maps',
};

/** A condition as people call it; its own name where nothing is known of it. */
export function conditionName(condition: string): string {
  return Object.hasOwn(NAMES, condition) ? NAMES[condition] : condition;
}

/** A sentence of the analysis with conditions in quotes, “grad-cam” or “grad-cam, session 2”, as people call them. */
export function withConditionNames(sentence: string): string {
  return sentence.replace(/“([^,”]+)(?=[,”])/g, (_, condition: string) => `“${conditionName(condition)}`);
}
