/** How this command line was started, up to its command. */
export function programHere(): string[] {
  return [process.execPath, ...process.execArgv, process.argv[1]];
}
