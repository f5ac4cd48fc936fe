/** Kinds of study, in words. */
export const STUDY_KIND_WORDS = {
  utility: {
    name: 'Does it help to predict the model?',
    text: 'People learn from images with an explanation, and then say of new images, without one, what the model will answer. Conditions are compared.',
  },
  intruder: {
    name: 'Do concepts hold together?',
    text: 'Five crops, of which one is of another concept: which does not belong? Every concept and part gets a coherence.',
  },
  choice: {
    name: 'Are parts clearer?',
    text: 'Two galleries side by side, of a concept and of one of its parts: which shows one clear thing?',
  },
} as const;

/** Which images a utility study asks about, in words. */
export const STUDY_SCENARIO_WORDS = {
  all: 'All that the run was given',
  failures: 'Half of them mistakes of the model',
} as const;

/** How far a participant is, in words. */
export const PARTICIPANT_STATUS_WORDS = {
  waiting: 'not begun',
  started: 'under way',
  finished: 'finished',
  withdrawn: 'withdrew',
} as const;
