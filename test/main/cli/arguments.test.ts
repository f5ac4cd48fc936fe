import { describe, expect, it } from 'vitest';
import { TesseraError } from '../../../core/errors.ts';
import { parseArguments, type OptionTable } from '../../../main/cli/arguments.ts';

const TABLE: OptionTable = {
  images: { type: 'string', multiple: true },
  rows: { type: 'string' },
  samples: { type: 'string' },
  json: { type: 'boolean' },
};

describe('parseArguments', () => {
  it('takes several values after one list option', () => {
    const args = parseArguments(['--images', 'a', 'b', '--json', '--images=c', 'd'], TABLE);
    expect(args.texts('images')).toEqual(['a', 'b', 'c', 'd']);
    expect(args.flag('json')).toBe(true);
    expect(args.positionals).toEqual([]);
  });

  it('keeps positionals that follow an ordinary option', () => {
    const args = parseArguments(['model.onnx', '--rows', 'grid', 'other'], TABLE);
    expect(args.positionals).toEqual(['model.onnx', 'other']);
  });

  it('turns an unknown option into bad usage', () => {
    const parse = (): unknown => parseArguments(['--imagess', 'a'], TABLE);
    expect(parse).toThrow(TesseraError);
    expect(parse).toThrow("Unknown option '--imagess'");
  });
});
