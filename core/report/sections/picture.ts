import { invariant } from '../../errors.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { PictureUrl } from '../report-data.ts';

/** An image element; BugError for an address, for the page asks nothing of the network. */
export function picture(src: PictureUrl, alt: string, className = ''): Html {
  invariant(/^data:image\/(jpeg|png);base64,[A-Za-z0-9+/]*=*$/.test(src), 'a picture must be a data URL');
  return html`<img class="${className}" src="${src}" alt="${alt}" decoding="async" />`;
}
