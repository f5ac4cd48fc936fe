import { html, trustedMarkup, type Html, type HtmlValue } from './html.ts';
import { REPORT_STYLE } from './style/report-style.ts';

/** Even if a picture were an address or a name became a script, the page could neither load nor run it. */
const POLICY =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A page as one HTML file: no script, no request, both themes, made to be printed on A4. */
export function htmlPage({
  title,
  description,
  body,
}: {
  readonly title: HtmlValue;
  readonly description: HtmlValue;
  readonly body: Html;
}): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="description" content="${description}" />
        <title>${title}</title>
        <style>
          ${trustedMarkup(REPORT_STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return page.markup;
}
