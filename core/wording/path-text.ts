/** The last part of a path in either system's notation. */
export function fileNameOf(path: string): string {
  return path.split(/[/\\]/).at(-1) || path;
}

/** A sentence with its paths shortened to their last parts: "from the card /a/b/card.json" gives "from the card card.json". */
export function withoutFolders(text: string): string {
  return text.replace(/(^|\s)(?:[A-Za-z]:)?[\\/](?:[^\\/]*[\\/])+/g, '$1');
}
