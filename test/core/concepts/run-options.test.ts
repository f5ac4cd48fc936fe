import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentsOf, commandText } from '../../../core/concepts/command-text.ts';
import { migrateOptions, parseRunOptions } from '../../../core/concepts/parse-run-options.ts';
import {
  DEFAULT_OPTIONS,
  OPTION_NAMES,
  optionOf,
  optionsReadBy,
  resolveOptions,
} from '../../../core/concepts/run-options.ts';
import { canonicalJson, type Json } from '../../../core/project/canonical-json.ts';
import { anyOptions } from '../../fixtures/any-options.ts';

const SUBJECT = { model: 'm.onnx', images: ['photos', 'more photos'], class: 'house' };
const READERS = [...new Set(OPTION_NAMES.flatMap((name) => optionOf(name).reads))];
const fingerprint = (value: unknown): string => canonicalJson(value as Json);

describe('resolveOptions()', () => {
  it('takes the usual values for what is not said, and those of the paper beside craft', () => {
    expect(resolveOptions(SUBJECT)).toEqual({ ...DEFAULT_OPTIONS, ...SUBJECT });
    const paper = resolveOptions({ ...SUBJECT, craft: true, samples: 64 });
    expect(paper).toMatchObject({ craft: true, design: 'halton', samples: 64, replicates: 1 });
  });
});

describe('optionsReadBy()', () => {
  it('are equal exactly when what the stage reads is equal', () => {
    const names = fc.subarray(OPTION_NAMES);
    fc.assert(
      fc.property(anyOptions(['a', 'b']), anyOptions(['a', 'b']), names, (one, other, changed) => {
        const mixed = { ...one, ...Object.fromEntries(changed.map((name) => [name, other[name]])) };
        for (const reader of READERS) {
          const isSame = OPTION_NAMES.filter((name) => optionOf(name).reads.includes(reader)).every(
            (name) => JSON.stringify(one[name]) === JSON.stringify(mixed[name]),
          );
          const same = fingerprint(optionsReadBy(reader, one)) === fingerprint(optionsReadBy(reader, mixed));
          expect(same, reader).toBe(isSame);
        }
      }),
    );
  });

  it('are in the order of the table, whatever the order of the options', () => {
    const options = resolveOptions({ ...SUBJECT, patch: 32 });
    const shuffled = Object.fromEntries(Object.entries(options).reverse()) as unknown as typeof options;
    for (const reader of READERS) {
      const names = OPTION_NAMES.filter((name) => name in optionsReadBy(reader, options));
      expect(Object.keys(optionsReadBy(reader, options))).toEqual(names);
      expect(Object.keys(optionsReadBy(reader, shuffled))).toEqual(names);
    }
  });
});

describe('parseRunOptions()', () => {
  const { craft, maps, evaluate, parts, ...old } = resolveOptions(SUBJECT);

  it('fills in what 0.1 left out', () => {
    expect(parseRunOptions(old, 1)).toEqual({ ...old, craft, maps, evaluate, parts });
  });

  it('fills in what a file of this version was written without', () => {
    expect(parseRunOptions({ ...old, craft: true, samples: 64 }, 2)).toMatchObject({
      ...{ craft: true, samples: 64, design: 'sobol', maps, evaluate, parts },
    });
  });

  it.each([
    [{ design: 'halton', samples: 32, replicates: 1 }, true],
    [{ design: 'halton', samples: 64, replicates: 1 }, false],
    [{ design: 'lhs', samples: 32, replicates: 1 }, false],
  ] as const)('takes %j of 0.1 for the way of the paper: %s', (numbers, isCraft) => {
    expect(parseRunOptions({ ...old, ...numbers }, 1).craft).toBe(isCraft);
    expect(parseRunOptions({ ...old, maps, evaluate, parts, craft: false, ...numbers }, 2).craft).toBe(false);
  });

  it('reads numbers of 0.1 that are out of bounds today, a seed as the one of the same stream', () => {
    const options = parseRunOptions({ ...old, seed: 2 ** 32 + 7, samples: 100_000 }, 1);
    expect(options).toMatchObject({ seed: 7, samples: 65_536 });
  });

  it('reads more concepts than can be asked for today as they are, whatever wrote them', () => {
    for (const version of [1, 2])
      expect(parseRunOptions({ ...old, concepts: 300 }, version)).toMatchObject({ concepts: 300 });
    expect(() => parseRunOptions({ ...old, concepts: 0 }, 2)).toThrow(
      'concepts: expected a whole number from 1',
    );
  });

  it('counts a map once that a run was told twice', () => {
    const stored = { ...resolveOptions(SUBJECT), maps: ['saliency', 'saliency'] };
    expect(parseRunOptions(stored, 2).maps).toEqual(['saliency']);
  });

  it('drops names that it does not know, and names every option that is wrong', () => {
    expect(parseRunOptions({ ...resolveOptions(SUBJECT), colour: 'blue' }, 2)).toEqual(
      resolveOptions(SUBJECT),
    );
    expect(() => parseRunOptions({ ...resolveOptions(SUBJECT), samples: 1, rows: 'tiles' }, 2)).toThrow(
      'The options of the run are not valid: rows: expected one of grid, crops; samples: expected a whole number from 2 to 65,536.',
    );
    expect(migrateOptions('nonsense', 1)).toBe('nonsense');
    expect(() => parseRunOptions('nonsense', 1)).toThrow('options: ');
  });
});

describe('argumentsOf() and commandText()', () => {
  it('say what is not as usual, several values one by one', () => {
    const options = resolveOptions({
      ...SUBJECT,
      maps: ['rise', 'occlusion'],
      craft: true,
      samples: 64,
      seed: 3,
    });
    expect(argumentsOf(options)).toEqual([
      ...['--model', 'm.onnx', '--class', 'house', '--images', 'photos', '--images', 'more photos'],
      ...['--samples', '64', '--craft', '--map', 'rise', '--map', 'occlusion', '--seed', '3'],
    ]);
    expect(commandText(resolveOptions({ ...SUBJECT, class: "it's" }), '/a b')).toBe(
      String.raw`tessera explain --model m.onnx --class 'it'\''s' --images photos --images 'more photos' --out '/a b'`,
    );
  });

  it('keep a value that looks like an option with its option', () => {
    expect(argumentsOf(resolveOptions({ ...SUBJECT, class: '-1' }))).toContain('--class=-1');
  });
});
