import { TesseraError } from '../../core/errors.ts';
import type { ParsedArguments } from './arguments.ts';

/**
 * The page that an option names, so that no model, project or table is written over by one. Undefined where it was not said;
 * TesseraError 'bad-usage' for a file that is not called as pages are.
 */
export function pageArgument(args: ParsedArguments, name: string): string | undefined {
  const said = args.text(name);
  if (said === undefined || /\.html?$/i.test(said)) return said;
  throw new TesseraError(
    'bad-usage',
    `--${name} takes the name of a page to write, NAME.html; got "${said}".`,
    {
      hint: 'Nothing was written.',
    },
  );
}
