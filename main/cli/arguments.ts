import { parseArgs, type ParseArgsConfig } from 'node:util';
import { TesseraError } from '../../core/errors.ts';
import { nearestNames } from '../../core/nearest-names.ts';

/** Where to read on. */
export const HELP_HINT = 'npm run --silent tessera -- --help lists every command and option.';

/** Options of a command as `--name`, either flags or taking one value; `multiple` takes several. */
export type OptionTable = Record<
  string,
  {
    readonly type: 'string' | 'boolean';
    readonly multiple?: boolean;
    /** What a value is, in words, for the message where there is none. */
    readonly takes?: string | undefined;
  }
>;

/** A command's arguments, read by name and kind. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** Undefined where neither `--name` nor `--no-name` was said. */
  choice(name: string): boolean | undefined;
}

/** Parses a command's arguments; every mistake is a TesseraError 'bad-usage' that says what was expected. */
export function parseArguments(argv: readonly string[], table: OptionTable): ParsedArguments {
  const { values, positionals } = parse(argv, table);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    positionals,
    text,
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    flag: (name) => values[name] === true,
    choice: (name) => (typeof values[name] === 'boolean' ? values[name] : undefined),
  };
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parse(argv: readonly string[], table: OptionTable): { values: Values; positionals: string[] } {
  const args = spreadLists(withNumbersJoined(argv, table), table);
  const config = { args, options: table, allowPositionals: true, allowNegative: true } as const;
  try {
    return parseArgs(config as ParseArgsConfig);
  } catch (error) {
    throw badArguments(error as NodeJS.ErrnoException, table);
  }
}

/**
 * What an option takes, where its value is missing; else the parser's own first sentence, and for a misspelt option the
 * ones that are most like it.
 */
function badArguments(error: NodeJS.ErrnoException, table: OptionTable): TesseraError {
  const [sentence] = error.message.split(/\. |\.?\n/);
  const bare = /^Option '(?:-\w, )?--([\w-]+)(?: <value>)?' argument (?:is ambiguous|missing)/.exec(
    sentence,
  )?.[1];
  if (bare !== undefined) {
    const hint = `A value that begins with a dash is joined to the option: --${bare}=-VALUE. ${HELP_HINT}`;
    const message = `--${bare} takes ${table[bare].takes ?? 'a value'}; got none.`;
    return new TesseraError('bad-usage', message, { hint, cause: error });
  }
  const wanted = /^Unknown option '(--[^']+)'/.exec(sentence)?.[1];
  const near = nearestNames(
    wanted ?? '',
    Object.keys(table).map((name) => `--${name}`),
  );
  const hint = wanted === undefined ? HELP_HINT : `Near to it: ${near.join(', ')}. ${HELP_HINT}`;
  return new TesseraError('bad-usage', `${sentence}.`, { hint, cause: error });
}

/** Lets `--seed -1` mean `--seed=-1`, so that it is the option that says what is wrong: no option is called by a number. */
function withNumbersJoined(argv: readonly string[], table: OptionTable): string[] {
  const out: string[] = [];
  for (const argument of argv) {
    const before = out.at(-1);
    const isValue =
      /^-\.?\d/.test(argument) && before?.startsWith('--') && table[before.slice(2)]?.type === 'string';
    if (isValue) out.push(`${out.pop()}=${argument}`);
    else out.push(argument);
  }
  return out;
}

/** Lets `--images A B` mean `--images A --images B`, as shells expand `--images photos/*`. */
function spreadLists(argv: readonly string[], table: OptionTable): string[] {
  const out: string[] = [];
  let list: string | undefined;
  let expectsValue = false;
  for (const argument of argv) {
    if (argument.startsWith('--')) {
      const name = argument.slice(2).split('=')[0];
      const option = table[name];
      list = option?.multiple === true ? `--${name}` : undefined;
      expectsValue = !argument.includes('=');
    } else if (list !== undefined && !expectsValue) {
      out.push(list);
    } else {
      expectsValue = false;
    }
    out.push(argument);
  }
  return out;
}
