import { describe, expect, it } from 'vitest';
import { instructionsOf, keysOf, type TaskFacts } from '../../../core/wording/study-words.ts';

const utility: TaskFacts = {
  kind: 'utility',
  answers: ['house', 'ship'],
  shows: ['map', 'amounts'],
  sessions: 3,
  hasPractice: true,
  questions: 24,
};
const textOf = (task: TaskFacts): string =>
  instructionsOf(task)
    .flatMap(({ sentences }) => sentences)
    .join(' ');

describe('what participants are told', () => {
  it('tells of what their condition shows, and of nothing else', () => {
    expect(textOf(utility)).toContain('Maps over the picture');
    expect(textOf(utility)).toContain('Bars say');
    expect(textOf(utility)).not.toContain('Rows of details');
    const control = textOf({ ...utility, shows: [] });
    for (const word of ['Maps', 'Bars', 'Rows']) expect(control).not.toContain(word);
  });

  it('counts rounds and questions', () => {
    expect(textOf(utility)).toContain(
      'It begins with a few pictures for practice, and a short quiz. Then come 3 rounds with 24 questions in all.',
    );
    expect(textOf({ ...utility, sessions: 1, hasPractice: false, questions: 1 })).toContain(
      'There is 1 round with 1 question in all.',
    );
  });

  it('asks how sure one is where an answer can be right', () => {
    const other = (kind: TaskFacts['kind']): TaskFacts => ({
      ...utility,
      kind,
      answers: [],
      shows: [],
      sessions: 1,
      hasPractice: false,
    });
    expect(textOf(other('intruder'))).toContain('how sure you are');
    expect(textOf(other('choice'))).not.toContain('how sure you are');
    expect(keysOf({ kind: 'intruder' })).toBe(
      'On a keyboard: 1 to 5 answer, 1 to 5 say how sure you are, Enter goes on.',
    );
    expect(keysOf({ kind: 'choice' })).toBe('On a keyboard: 1 and 2 answer, Enter goes on.');
  });
});
