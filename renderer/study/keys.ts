/** The digit that a press of a key means, from 1; undefined for any other, for a held key, and for shortcuts of the browser. */
export function digitOf(event: KeyboardEvent): number | undefined {
  if (!isPlain(event) || !/^[1-9]$/.test(event.key)) return undefined;
  return Number(event.key);
}

/** Does a press of a key mean "go on"? A button that has the focus is pressed by Enter itself. */
export function isGoOn(event: KeyboardEvent): boolean {
  const isOnControl =
    event.target instanceof Element && event.target.closest('button, a, input, summary') !== null;
  return isPlain(event) && event.key === 'Enter' && !isOnControl;
}

function isPlain({ ctrlKey, metaKey, altKey, repeat }: KeyboardEvent): boolean {
  return !ctrlKey && !metaKey && !altKey && !repeat;
}
