import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../main/cli/arguments.ts';
import { optionTable, readOption, readOptions, withWholePaths } from '../../../main/cli/option-arguments.ts';

const given = (...argv: string[]) => parseArguments(argv, optionTable());

describe('readOptions()', () => {
  it('reads what was said, and nothing else', () => {
    expect(readOptions(given())).toEqual({});
    expect(
      readOptions(
        given(
          '--map',
          'rise',
          'occlusion',
          '--images',
          'a',
          'b',
          '--craft',
          '--concepts',
          'auto',
          '--seed',
          '7',
        ),
      ),
    ).toEqual({ maps: ['rise', 'occlusion'], images: ['a', 'b'], craft: true, concepts: 'auto', seed: 7 });
  });
});

describe('withWholePaths()', () => {
  it('makes paths whole, and leaves names of presets and of anything else', () => {
    const said = { model: 'm.onnx', images: ['a', '/b'], labels: 'l.txt', class: 'house', samples: 64 };
    expect(withWholePaths({ ...said, preprocessing: 'package.json' })).toEqual({
      ...said,
      model: path.resolve('m.onnx'),
      images: [path.resolve('a'), '/b'],
      labels: path.resolve('l.txt'),
      preprocessing: path.resolve('package.json'),
    });
    for (const preprocessing of ['imagenet', 'imgnet'])
      expect(withWholePaths({ preprocessing })).toEqual({ preprocessing });
  });
});

describe('an option without its value', () => {
  it.each([
    [['--seed'], '--seed takes a whole number from 0 to 4,294,967,295; got none.'],
    [['--seed', '--craft'], '--seed takes a whole number from 0 to 4,294,967,295; got none.'],
    [['--rows', '-x'], '--rows takes one of grid, crops; got none.'],
    [['--images', '--craft'], '--images takes a text of 1 to 4,096 characters; got none.'],
  ])('says what it takes: %j', (argv, message) => {
    expect(() => given(...argv)).toThrow(message);
  });
});

describe('readOption()', () => {
  it('takes a map that is said twice once', () => {
    const maps = readOption(given('--map', 'saliency', '--map', 'rise', '--map', 'saliency'), 'maps');
    expect(maps).toEqual(['saliency', 'rise']);
  });

  it.each([
    [['--samples', '12.5'], 'samples', '--samples takes a whole number from 2 to 65,536; got "12.5".'],
    [['--samples', '0'], 'samples', '--samples takes a whole number from 2 to 65,536; got "0".'],
    [['--samples='], 'samples', '--samples takes a whole number from 2 to 65,536; got "".'],
    [['--samples', '65537'], 'samples', '--samples takes a whole number from 2 to 65,536; got "65537".'],
    [['--patch', '1e9'], 'patch', '--patch takes a whole number from 1 to 4,096; got "1e9".'],
    [['--recurse', '5'], 'recurse', '--recurse takes a whole number from 1 to 4, or "auto"; got "5".'],
    // Its stream would be that of seed 0.
    [
      ['--seed', '4294967296'],
      'seed',
      '--seed takes a whole number from 0 to 4,294,967,295; got "4294967296".',
    ],
    [['--seed=-1'], 'seed', '--seed takes a whole number from 0 to 4,294,967,295; got "-1".'],
    [['--seed', '-1'], 'seed', '--seed takes a whole number from 0 to 4,294,967,295; got "-1".'],
    [['--samples', '-.5'], 'samples', '--samples takes a whole number from 2 to 65,536; got "-.5".'],
    [['--rows', 'tiles'], 'rows', '--rows takes one of grid, crops; got "tiles"'],
    [['--map', 'rise', '--map', 'risen'], 'maps', '--map takes the name of a method; got "risen".'],
    [['--layer='], 'layer', '--layer takes a text of 1 to 4,096 characters; got "".'],
  ] as const)('refuses %j', (argv, name, message) => {
    expect(() => readOption(given(...argv), name)).toThrow(message);
  });
});
