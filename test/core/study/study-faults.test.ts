import { describe, expect, it } from 'vitest';
import type { StudyContent } from '../../../core/project/study-folder.ts';
import { studyFaults } from '../../../core/study/study-faults.ts';
import { exampleChoice, exampleIntruder, exampleUtility } from './example-study.ts';

const { content } = await exampleUtility();
const material = content.material.kind === 'utility' ? content.material : undefined!;
const [first, ...others] = material.sessions;
const withSession = (session: typeof first): StudyContent => ({
  ...content,
  material: { ...material, sessions: [session, ...others] },
});

describe('studyFaults()', () => {
  it('finds none in the examples', async () => {
    for (const one of [await exampleUtility(), await exampleIntruder(), await exampleChoice()])
      expect(studyFaults(one.content)).toEqual([]);
  });

  it.each<[string, StudyContent, string]>([
    ['no consent', { ...content, consent: '\t' }, 'the text of the consent is empty'],
    ['no run', { ...content, runs: [] }, 'It draws on no run'],
    [
      'a condition twice',
      { ...content, conditions: ['control', 'control'] },
      'A condition is there twice: control',
    ],
    ['no contrast', { ...content, contrast: null }, 'does not say which two conditions'],
    [
      'a contrast with another condition',
      { ...content, contrast: { condition: 'rise', against: 'control' } },
      'compares rise, which is not among its conditions',
    ],
    [
      'a contrast of one condition',
      { ...content, contrast: { condition: 'control', against: 'control' } },
      'compares a condition with itself',
    ],
    [
      'a picture learnt and tested',
      withSession({ train: first.train, test: first.train }),
      'is used more than once',
    ],
    [
      'a picture in two sessions',
      withSession({ train: first.train, test: others[0].test }),
      `A picture is used more than once: ${others[0].test.slice(0, 3).join(', ')} and ${others[0].test[3]}`,
    ],
    ['a strange item', withSession({ train: ['x'], test: first.test }), 'names items that are not there: x'],
    ['nothing to predict', withSession({ train: first.train, test: [] }), 'nothing to predict'],
    [
      'a condition without anything said of it',
      { ...content, conditions: [...content.conditions, 'rise'] },
      'what is shown in the condition rise',
    ],
    ['no item', { ...content, material: { ...material, items: [] } }, 'It has no questions'],
    [
      'one file as two items',
      {
        ...content,
        material: {
          ...material,
          items: material.items.map((item) => ({ ...item, source: material.items[0].source })),
        },
      },
      '1 picture file is used more than once',
    ],
  ])('says what is wrong: %s', (_, study, fault) => {
    expect(studyFaults(study).join('\n')).toContain(fault);
  });

  it('wants one condition and no contrast of other kinds', async () => {
    const intruder = (await exampleIntruder()).content;
    expect(studyFaults({ ...intruder, conditions: ['control'] })).toEqual([
      'A study of kind intruder has the one condition "all"',
    ]);
    expect(studyFaults({ ...intruder, contrast: { condition: 'all', against: 'all' } })).toHaveLength(1);
  });
});
