import { OPTION_NAMES, optionOf, usualOptions, type RunOptions } from './run-options.ts';
import { shellWord } from '../wording/shell-word.ts';

/** Arguments of `tessera explain`, and of `plan`, that give these options again: those that have not their usual value. */
export function argumentsOf(options: RunOptions): string[] {
  const usual: Partial<RunOptions> = usualOptions(options);
  return OPTION_NAMES.filter(
    (name) => name === 'craft' || JSON.stringify(options[name]) !== JSON.stringify(usual[name]),
  ).flatMap((name) => {
    const { flag } = optionOf(name);
    const value = options[name];
    if (typeof value === 'boolean') return value || usual[name] ? [`--${value ? '' : 'no-'}${flag}`] : [];
    const values = typeof value === 'object' ? value : [value];
    return values.flatMap((one) => argument(flag, String(one)));
  });
}

/** The command line that repeats a run, for a POSIX shell; `folder` is the project folder, absent: the usual one. */
export function commandText(options: RunOptions, folder?: string): string {
  const out = folder === undefined ? [] : argument('out', folder);
  return ['tessera explain', ...[...argumentsOf(options), ...out].map(shellWord)].join(' ');
}

/** The command line that takes concepts out of the model of a project. */
export function editCommandText(folder: string, concepts: readonly string[]): string {
  const removed = concepts.flatMap((name) => argument('remove', name));
  return ['tessera edit', ...[folder, ...removed, '--out', 'fixed.onnx'].map(shellWord)].join(' ');
}

/** A value that begins with a dash would be taken for an option. */
function argument(flag: string, value: string): string[] {
  return value.startsWith('-') ? [`--${flag}=${value}`] : [`--${flag}`, value];
}
