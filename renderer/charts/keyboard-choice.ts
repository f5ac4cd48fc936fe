/** Lets Enter and Space do what a click does on a mark of a chart. */
export function onEnterOrSpace(act: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    act();
  };
}
