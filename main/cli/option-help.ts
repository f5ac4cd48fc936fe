import { OPTION_GROUPS } from '../../core/concepts/option-table.ts';
import { OPTION_NAMES, optionOf, type OptionName } from '../../core/concepts/run-options.ts';

const INDENT = 4;
/** Column at which the explanations begin, and the width of the whole. */
const COLUMN = 27;
const WIDTH = 120;

/** The options of a run by group, one explanation each, as `--help` prints them. */
export function optionsHelp(): string {
  return Object.entries(OPTION_GROUPS)
    .map(([group, title]) => {
      const names = OPTION_NAMES.filter((name) => optionOf(name).group === group);
      return [`  ${title}`, ...names.map(optionHelp)].join('\n');
    })
    .join('\n');
}

/** One line of help, or more where the text is long: what is written at the left, what it means at the right. */
export function helpEntry(left: string, text: string): string {
  const head = `${' '.repeat(INDENT)}${left}`;
  const lines = wrapped(text, WIDTH - COLUMN);
  // A name that reaches into the explanation gets a line of its own.
  const first = head.length < COLUMN - 1 ? head.padEnd(COLUMN) + lines.shift()! : head;
  return [first, ...lines.map((line) => `${' '.repeat(COLUMN)}${line}`)].join('\n');
}

function optionHelp(name: OptionName): string {
  const { flag, form, placeholder, help, absent, default: usual } = optionOf(name);
  const isChoice = form.kind === 'choice' || form.kind === 'choices';
  const names = isChoice ? form.choices.map(({ value }) => value).join(' | ') : '';
  const value = placeholder ?? (isChoice ? 'NAME' : '');
  const before = isChoice && placeholder === undefined ? `${names}: ` : '';
  const auto = form.kind === 'number' && form.auto !== undefined ? `; auto: ${form.auto}` : '';
  const otherwise =
    absent ?? (usual === undefined || usual === false ? undefined : [usual].flat().join(', '));
  const after = otherwise === undefined ? '' : ` (${otherwise})`;
  const entry = helpEntry(`--${flag} ${value}`.trimEnd(), `${before}${help}${auto}${after}`);
  return before === '' && isChoice ? `${entry}\n${helpEntry('', names)}` : entry;
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
