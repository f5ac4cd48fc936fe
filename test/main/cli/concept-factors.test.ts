import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../main/cli/arguments.ts';
import { conceptNamed, findConcept } from '../../../main/cli/concept-factors.ts';
import { EDIT_OPTIONS, readEdit } from '../../../main/cli/edit-arguments.ts';
import type { ConceptItem } from '../../../main/api/contract.ts';

/** What the command line reads of a concept. */
function concept(row: number, name = `Concept ${row + 1}`) {
  return { id: `c${row}`, name, givenName: `Concept ${row + 1}`, group: [] };
}

const CONCEPTS = [concept(0), concept(1, 'sky'), concept(2, 'Concept 4'), concept(3)];

describe('conceptNamed()', () => {
  it.each([
    ['c3', 'c3'],
    ['Concept 1', 'c0'],
    ['sky', 'c1'],
    ['Concept 2', 'c1'],
    ['Concept 3', 'c2'],
    ['4', 'c3'],
    ['SKY', 'c1'],
  ])('finds %s', (name, id) => {
    expect(conceptNamed(name, CONCEPTS).id).toBe(id);
  });

  it('minds large and small letters where names differ by them alone', () => {
    const both = [concept(0, 'Sky'), concept(1, 'sky')];
    expect(conceptNamed('sky', both).id).toBe('c1');
    expect(() => conceptNamed('SKY', both)).toThrow('2 concepts are called "SKY"');
  });

  it('asks which of two with one name is meant, by id', () => {
    for (const find of [conceptNamed, findConcept]) {
      expect(() => find('Concept 4', CONCEPTS)).toThrow(
        expect.objectContaining({
          code: 'must-choose',
          message:
            '2 concepts are called "Concept 4": c2 (named "Concept 4", "Concept 3" by the run) and c3.',
          hint: expect.stringContaining('by its id') as string,
        }),
      );
    }
  });
});

describe('readEdit()', () => {
  const read = (...argv: readonly string[]) =>
    readEdit(parseArguments(argv, EDIT_OPTIONS), CONCEPTS as unknown as ConceptItem[], 4);

  it('takes each concept by its factor, one said twice too', () => {
    expect(read('--remove', 'Concept 1, sky', '--remove', 'c0', '--scale', 'c3=0.5').factors).toEqual([
      0, 0, 1, 0.5,
    ]);
  });

  it.each([
    [
      ['--remove', 'Concept 1', '--scale', 'Concept 1=0.5'],
      'Two things are said of "Concept 1": that it is removed and that it is scaled by 0.5.',
    ],
    [
      ['--scale', 'c1=0.2', '--scale', 'sky=0.5'],
      'Two things are said of "sky": that it is scaled by 0.2 and that it is scaled by 0.5.',
    ],
    [['--remove', 'Concept 4'], '2 concepts are called "Concept 4"'],
    [['--remove', 'sky,Concept 4'], '2 concepts are called "Concept 4"'],
    [['--scale', 'Concept 4=0'], '2 concepts are called "Concept 4"'],
    [['--remove', 'rest'], 'An edit changes concepts; the rest, which none explains, stays.'],
    [['--remove', 'Concept 9'], 'The run has no concept "Concept 9".'],
  ])('refuses %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(message);
  });

  it('does not offer the rest, which no edit takes', () => {
    expect(() => read('--remove', 'Concept 9')).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/ranks from 1 to 4 will do\.$/) as string }),
    );
  });
});
