import { isPictureName } from '../images/picture-kinds.ts';
import { openTable } from './table-source.ts';

/** Rows that are looked at. */
const FIRST_ROWS = 50;
/** A list of class names has a number and a name. */
const MORE_THAN_LABELS = 3;

/**
 * Is a file a table of pictures rather than a list of class names? One of its first rows names a picture, or it has three
 * columns or more.
 */
export function looksLikeTable(bytes: Uint8Array): boolean {
  try {
    const { columns, eachRow } = openTable(bytes, '');
    if (columns.length >= MORE_THAN_LABELS) return true;
    let isNamed = false;
    eachRow((cells, row) => {
      if (row < FIRST_ROWS && cells.some((cell) => isPictureName(cell.trim()))) isNamed = true;
    });
    return isNamed;
  } catch {
    return false;
  }
}
