import type { AnswerFacts } from './score-words.ts';

/** What wording needs of a question before its run. */
interface AskedFacts {
  readonly task: AnswerFacts['task'];
  /** What is explained; absent before it is chosen. */
  readonly name?: string | undefined;
  /** Is it everything but the class? */
  readonly isNot: boolean;
  /** Of a number or a likeness: does a value part its sides, whatever the images? */
  readonly hasThreshold: boolean;
  /** What is chosen now: it is shown, whatever it means. */
  readonly select: string;
}

/** How the choice of the images that are explained reads: by its value, those left out that mean nothing, and what it is about. */
interface SelectionWords {
  readonly labels: Readonly<Record<string, string>>;
  readonly note: string;
}

/** The words for which images are explained, by what is explained. */
export function selectionWords({ task, name, isNot, hasThreshold, select }: AskedFacts): SelectionWords {
  if (task === 'regression' || task === 'embedding')
    return wordsOfNumber({ task, name, hasThreshold, select });
  const noun = { multiclass: 'the class', binary: 'the answer', multilabel: 'the label' }[task];
  // A lead is explained on the images of the class that leads.
  const own = name === undefined ? noun : `\u201c${name.split(' rather than ')[0]}\u201d`;
  return {
    labels: {
      predicted: isNot
        ? `Images the model does not call ${own.replace('not ', '')}`
        : `Images the model calls ${own}`,
      folder: isNot ? 'Images in folders of other classes' : `Images in folders named ${own}`,
      all: 'All images',
    },
    note: 'Concepts are looked for in these images, and importance is measured on them',
  };
}

/** A number has no folders; without a threshold both of its sides are explained together. */
function wordsOfNumber({ task, name, hasThreshold, select }: Omit<AskedFacts, 'isNot'>): SelectionWords {
  const side = name ?? (task === 'regression' ? 'one side' : 'like or unlike');
  return {
    labels: {
      ...((hasThreshold || select !== 'all') && {
        predicted: hasThreshold ? `Images on this side of the threshold (${side})` : 'All images',
      }),
      ...(select === 'folder' && { folder: `Images in folders named \u201c${side}\u201d` }),
      ...((hasThreshold || select === 'all') && { all: 'All images' }),
    },
    note: hasThreshold
      ? 'Concepts are looked for in these images, and importance is measured on them'
      : 'Set a threshold to explain only the images on one side of it',
  };
}
