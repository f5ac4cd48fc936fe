import { invariant } from '../../errors.ts';
import { chanceOf, type FrozenStudy } from '../study.ts';
import type { StudyData } from '../trial.ts';
import { analyseChoice, type ChoiceAnalysis } from './analyse-choice.ts';
import { analyseIntruder, type IntruderAnalysis } from './analyse-intruder.ts';
import { analyseUtility, type UtilityAnalysis } from './analyse-utility.ts';
import { countedTrials, excludeParticipants, type Exclusions } from './exclusions.ts';

/** All that is worked out from a study's answers: `analysis.json`. */
export interface StudyAnalysis {
  readonly schemaVersion: 1;
  /** SHA-256 of the frozen study. */
  readonly study: string;
  /** Why the study no longer is what was frozen, in words; empty where it is. */
  readonly voidBecause: readonly string[];
  readonly exclusions: Exclusions;
  /** Answers that count. */
  readonly answers: number;
  /** Chance of a right answer by guessing; null where no answer is right. */
  readonly chance: number | null;
  readonly figures: UtilityAnalysis | IntruderAnalysis | ChoiceAnalysis;
}

/**
 * Analyses what participants answered, by the study's frozen rules and seed alone, so that the same answers give the same file.
 *
 * `voidBecause` says what changed since the study was frozen; the figures are worked out all the same.
 * Throws  BugError where the answers are of another study (see {@link mergeStudyData}, which refuses them in words).
 */
export function analyseStudy(
  { study, sha256 }: FrozenStudy,
  data: StudyData,
  voidBecause: readonly string[] = [],
): StudyAnalysis {
  invariant(data.study === sha256, `analyseStudy: answers to study ${data.study}, not ${sha256}`);
  const exclusions = excludeParticipants(data, study.rules);
  const trials = countedTrials(data, exclusions);
  const { material } = study;
  const chance = chanceOf(material);
  const figures = ((): StudyAnalysis['figures'] => {
    switch (material.kind) {
      case 'utility':
        return analyseUtility(study, material, trials, chance ?? 1 / 2);
      case 'intruder':
        return analyseIntruder(study, material.items, trials, chance ?? 1 / 5);
      case 'choice':
        return analyseChoice(study, material.items, trials);
    }
  })();
  return {
    schemaVersion: 1,
    study: sha256,
    voidBecause,
    exclusions,
    answers: trials.length,
    chance,
    figures,
  };
}
