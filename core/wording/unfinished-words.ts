/** What a finished run is asked for. */
type Purpose =
  | 'show'
  | 'report'
  | 'compare'
  | 'evaluate'
  | 'decompose'
  | 'look for'
  | 'export'
  | 'compare with'
  | 'edit'
  | 'make a study of';

/** That a run has not finished, wherever what it found is asked for: "run2 has not finished; there is nothing to compare." */
export function unfinishedText(run: string, purpose: Purpose): string {
  return `${run} has not finished; there is nothing to ${purpose}.`;
}

/** What to do then, in the window as on the command line. */
export const UNFINISHED_HINT = 'Start the run again with the same settings: it continues where it stopped.';
