/**
 * Characters that nobody sees and that turn or hide what stands around them: marks of the writing direction, and
 * controls, which a terminal obeys. A line feed and a tab only part words.
 */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name from a disk as it may be shown: "photo\u202egpj.exe" must not read "photoexe.jpg". */
export function shownName(name: string): string {
  return name.replace(HIDDEN, '\ufffd');
}
