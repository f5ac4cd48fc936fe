import { countOf } from './count-text.ts';

/*
 * What participants of a study are told. Whoever takes part knows nothing of models: no term of the field is used.
 */

/** What instructions depend on. */
export interface TaskFacts {
  readonly kind: 'utility' | 'intruder' | 'choice';
  readonly answers: readonly string[];
  readonly shows: readonly ('map' | 'gallery' | 'amounts')[];
  readonly sessions: number;
  readonly hasPractice: boolean;
  readonly questions: number;
}

/** A heading with what is said below it. */
export interface InstructionPart {
  readonly title: string;
  readonly sentences: readonly string[];
}

const SHOWN = {
  map: 'Maps over the picture mark the places that count for the program.',
  gallery: 'Rows of details show what the program has learnt to look for, each with a name.',
  amounts:
    'Bars say how much of each of these is in the picture, and which answer it speaks for: the larger the number, the more.',
} as const;

const SURE = 'Then say how sure you are, from 1 (a guess) to 5 (certain).';
const CLOCK =
  'The time until your answer is measured. There is no hurry, but decide without a break: Pause hides the question and stops the clock.';

/** What a participant is told before the first step. */
export function instructionsOf(task: TaskFacts): readonly InstructionPart[] {
  return [...partsOf(task), { title: 'Good to know', sentences: [...scopeOf(task), CLOCK] }];
}

function partsOf({ kind, answers, shows }: TaskFacts): InstructionPart[] {
  if (kind === 'intruder') return [{ title: 'What you do', sentences: INTRUDER }];
  if (kind === 'choice') return [{ title: 'What you do', sentences: CHOICE }];
  const [one, other] = answers;
  return [
    {
      title: 'What it is about',
      sentences: [
        `A program looks at pictures and says of each either “${one}” or “${other}”. Find out how it decides, and predict what it says.`,
        'What counts is what the program says, also where it is wrong.',
      ],
    },
    {
      title: 'First you learn',
      sentences: [
        'You see pictures, one after the other, with what the program says of them. Look at them as long as you like.',
        ...shows.map((kind) => SHOWN[kind]),
      ],
    },
    {
      title: 'Then you predict',
      sentences: [
        `You see other pictures. What will the program say, “${one}” or “${other}”? What you have learnt stays open beside them.`,
        SURE,
      ],
    },
  ];
}

const INTRUDER = [
  'You see five details of pictures. Four of them have something in common, one is from something else.',
  'Say which one does not belong to the others. If you cannot tell, guess.',
  SURE,
];

const CHOICE = [
  'You see two groups of details of pictures, side by side.',
  'Say which group shows one clear thing: a thing that you could name. There is no wrong answer.',
];

function scopeOf({ kind, sessions, questions, hasPractice }: TaskFacts): string[] {
  const asked = countOf(questions, 'question');
  if (kind !== 'utility') return [`There are ${asked}.`];
  const begin = hasPractice ? 'It begins with a few pictures for practice, and a short quiz. ' : '';
  return [
    `${begin}${hasPractice ? 'Then' : 'There'} ${verb(sessions, hasPractice)} ${countOf(sessions, 'round')} with ${asked} in all.`,
  ];
}

function verb(count: number, isAfterPractice: boolean): string {
  if (isAfterPractice) return count === 1 ? 'comes' : 'come';
  return count === 1 ? 'is' : 'are';
}

/** How the keyboard answers. */
export function keysOf({ kind }: Pick<TaskFacts, 'kind'>): string {
  const answer = kind === 'intruder' ? '1 to 5' : '1 and 2';
  const sure = kind === 'choice' ? '' : '1 to 5 say how sure you are, ';
  return `On a keyboard: ${answer} answer, ${sure}Enter goes on.`;
}

/** The question itself. */
export const QUESTIONS = {
  utility: 'What will the program say?',
  intruder: 'Which one does not belong to the others?',
  choice: 'Which side shows one clear thing?',
} as const;

/** What is said when the last question of a try at the quiz is answered. */
export const QUIZ_OUTCOMES = {
  passed: 'The quiz is done, and all was right.',
  again:
    'Not all of it was right. Please look at the pictures beside the question once more, and answer again.',
  failed:
    'Not all of it was right. Go on all the same: the pictures beside a question say what the program says.',
} as const;
