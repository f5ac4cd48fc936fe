/** An argument as a POSIX shell has to be given it. */
export function shellWord(argument: string): string {
  return /^[\w./:=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
