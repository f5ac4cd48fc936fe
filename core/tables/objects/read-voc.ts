import { SaxesParser } from 'saxes';
import { TesseraError } from '../../errors.ts';
import { insideBox, type MarkedObject, type MarkedPicture } from './marked-picture.ts';

/**
 * Reads the marks of one picture in the XML of Pascal VOC: `filename`, `size`, and a `bndbox` for each `object`, whose
 * corners are counted from 1 and belong to it. Throws TesseraError 'bad-table' for what is no such XML.
 */
export function readVoc(text: string, file: string): MarkedPicture {
  const fault = (what: string): TesseraError =>
    new TesseraError('bad-table', `${file}: ${what}.`, {
      hint: 'Expected: <annotation> with <filename>, <size> and an <object> with <name> and <bndbox> for each object.',
    });
  const found = new Map<string, string>();
  const objects: MarkedObject[] = [];
  const open: string[] = [];
  let letters = '';
  const parser = new SaxesParser();
  parser.on('error', ({ message }) => {
    throw fault(message.replace(/\.$/, ''));
  });
  parser.on('opentag', ({ name }) => {
    open.push(name);
    letters = '';
    if (open.join('/') === 'annotation/object')
      for (const key of [...found.keys()]) if (key.startsWith('object')) found.delete(key);
  });
  parser.on('text', (more) => (letters += more));
  parser.on('closetag', ({ name }) => {
    const place = open.slice(1).join('/');
    if (place === 'object') objects.push(objectOf(found, fault));
    else if (letters.trim() !== '') found.set(place, letters.trim());
    letters = '';
    if (open.at(-1) === name) open.pop();
  });
  parser.write(text).close();
  const [width, height] = ['size/width', 'size/height'].map((key) => Number(found.get(key)));
  const name = found.get('filename');
  if (name === undefined || !(width > 0) || !(height > 0)) throw fault('it has no filename or size');
  const folder = found.get('folder');
  return { file: name, ...(folder !== undefined && { folder }), width, height, objects };
}

function objectOf(found: ReadonlyMap<string, string>, fault: (what: string) => TesseraError): MarkedObject {
  const [left, top, right, bottom] = ['xmin', 'ymin', 'xmax', 'ymax'].map((corner) =>
    Number(found.get(`object/bndbox/${corner}`)),
  );
  if (![left, top, right, bottom].every(Number.isFinite))
    throw fault('an object has no bndbox of four numbers');
  return {
    name: found.get('object/name') ?? 'object',
    isInside: insideBox(left - 1, top - 1, right, bottom),
  };
}
