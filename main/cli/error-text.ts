import { OPTION_NAMES, optionOf } from '../../core/concepts/run-options.ts';
import type { TesseraError } from '../../core/errors.ts';

/** The hint of an error, and the flags of the options that it is about: "layer" is --layer, "select=all" is --select all. */
export function hintWithFlags({ hint, options }: TesseraError): string | undefined {
  if (hint === undefined || options.length === 0) return hint;
  const flags = options.map((option) => {
    const [name, ...value] = option.split('=');
    if (name === 'command') return `tessera ${value[0]}`;
    return [`--${flagOf(name)}`, ...value].join(' ');
  });
  return `${hint.replace(/\.$/, '')} with ${flags.join(' or ')}.`;
}

/** An error as one text, for where it is told and not thrown. */
export function errorText(error: TesseraError): string {
  return [error.message, hintWithFlags(error)].filter((text) => text !== undefined).join(' ');
}

/** What the command line calls an option of a run; what is none of those is called as it is. */
function flagOf(name: string): string {
  const known = OPTION_NAMES.find((one) => one === name);
  return known === undefined ? name : optionOf(known).flag;
}
