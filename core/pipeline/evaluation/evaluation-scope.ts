import type { OptionsReadBy } from '../../concepts/run-options.ts';
import type { Facts, StageWork } from '../stage.ts';

/** A model and the question that its explanation answers, as an evaluation uses them. */
export type EvaluationScope = Omit<StageWork, 'entry'> &
  Pick<Facts, 'intake' | 'device' | 'labels' | 'layer' | 'classIndex' | 'images' | 'sharedBank'> & {
    readonly options: Pick<OptionsReadBy<'evaluation'>, 'seed'>;
  };
