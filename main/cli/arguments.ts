import { parseArgs, type ParseArgsConfig } from 'node:util';
import { TesseraError } from '../../core/errors.ts';
import { nearestNames } from '../../core/nearest-names.ts';

const HINT = 'npm run --silent tessera -- --help lists every command and option.';

/** Options of a command as `--name`, either flags or taking one value; `multiple` takes several. */
export type OptionTable = Record<
  string,
  { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }
>;

/** A command's arguments, read by name and kind. */
export interface ParsedArguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** An integer of at least `min`; TesseraError 'bad-usage' otherwise, naming the word that will do as well, if any. */
  integer(name: string, min: number, orWord?: string): number | undefined;
  /** One of the choices; TesseraError 'bad-usage' otherwise. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
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
    integer: (name, min, orWord) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (value.trim() !== '' && Number.isSafeInteger(number) && number >= min) return number;
      const also = orWord === undefined ? '' : `, or ${orWord}`;
      throw new TesseraError(
        'bad-usage',
        `--${name} takes a whole number of at least ${min}${also}, got "${value}"`,
        { hint: HINT },
      );
    },
    choice: <T extends string>(name: string, choices: readonly T[]) => {
      const value = text(name);
      if (value === undefined) return undefined;
      const choice = choices.find((candidate) => candidate === value);
      if (choice !== undefined) return choice;
      throw new TesseraError('bad-usage', `--${name} takes one of ${choices.join(', ')}; got "${value}"`, {
        hint: HINT,
      });
    },
  };
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parse(argv: readonly string[], table: OptionTable): { values: Values; positionals: string[] } {
  const config = { args: spreadLists(argv, table), options: table, allowPositionals: true } as const;
  try {
    return parseArgs(config as ParseArgsConfig);
  } catch (error) {
    throw badArguments(error as NodeJS.ErrnoException, table);
  }
}

/** The parser's own first sentence, and for a misspelt option the ones that are most like it. */
function badArguments(error: NodeJS.ErrnoException, table: OptionTable): TesseraError {
  const [sentence] = error.message.split(/\. |\.?\n/);
  const wanted = /^Unknown option '(--[^']+)'/.exec(sentence)?.[1];
  const near = nearestNames(
    wanted ?? '',
    Object.keys(table).map((name) => `--${name}`),
  );
  const hint = wanted === undefined ? HINT : `Near to it: ${near.join(', ')}. ${HINT}`;
  return new TesseraError('bad-usage', `${sentence}.`, { hint, cause: error });
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
