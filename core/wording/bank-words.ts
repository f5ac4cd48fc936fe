/** What of a factorisation says how its concepts were made. */
interface MadeBank {
  readonly method: 'nmf' | 'semi-nmf';
  readonly active?: number;
}

/** How concepts were made: "sparse dictionary, at most 5 concepts at a place". */
export function bankText({ method, active }: MadeBank): string {
  const signs = method === 'nmf' ? 'non-negative' : 'semi-non-negative';
  return active === undefined
    ? `${signs} matrix factorisation`
    : `${signs} sparse dictionary, at most ${active} ${active === 1 ? 'concept' : 'concepts'} at a place`;
}
