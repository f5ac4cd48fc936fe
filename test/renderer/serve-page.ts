import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import sharp from 'sharp';
import { build } from 'vite';
import { renderReport } from '../../core/report/render-html.ts';
import { sampleReport } from '../core/report/sample-report.ts';

const IMAGES = join(import.meta.dirname, '../../models/demo/images');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** What the app's own pages are given; see main/boot/security. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; frame-src 'self'";

/** The renderer over the fake workbench at a local address, with pictures cut from the demo's images. */
export async function servePage(): Promise<{ readonly url: string; close(): void }> {
  const outDir = mkdtempSync(join(tmpdir(), 'tessera-page-'));
  await build({
    configFile: false,
    root: join(import.meta.dirname, 'page'),
    base: './',
    logLevel: 'error',
    plugins: [svelte({ configFile: false })],
    build: { outDir, emptyOutDir: true, minify: false, target: 'chrome130', modulePreload: false },
  });
  const report = renderReport(await sampleReport({ concepts: 6, images: 12 }));
  const server = createServer((request, response) => {
    void answer(request, response, outDir, report).catch((error: unknown) => {
      response.writeHead(404).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, outDir: string, report: string) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, route, id = ''] = url.pathname.split('/');
  if (route === 'pictures') {
    const picture = await pictureOf(decodeURIComponent(id), Number(url.searchParams.get('side') ?? 384));
    response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'max-age=3600' }).end(picture);
  } else if (route === 'documents') response.writeHead(200, { 'content-type': TYPES['.html'] }).end(report);
  else {
    const path = url.pathname === '/' ? '/index.html' : url.pathname;
    const body = await readFile(join(outDir, path));
    response
      .writeHead(200, { 'content-type': TYPES[extname(path)], 'content-security-policy': POLICY })
      .end(body);
  }
}

/** Ids as the fake gives them: `img:FILE`, `crop:FILE:x,y,w,h`, `ctx:FILE:x,y,w,h`, `map:FILE:concept`. */
async function pictureOf(id: string, side: number): Promise<Buffer> {
  const [kind, file, rest = ''] = id.split(':');
  const image = sharp(join(IMAGES, file));
  const [left, top, width, height] = rest.split(',').map(Number);
  if (kind === 'crop') image.extract({ left, top, width, height });
  if (kind === 'ctx') image.composite([{ input: Buffer.from(outline(left, top, width, height)) }]);
  if (kind === 'map') image.modulate({ saturation: 0.3 });
  return sharp(await image.png().toBuffer())
    .resize({ width: side })
    .jpeg({ quality: 88 })
    .toBuffer();
}

const outline = (x: number, y: number, width: number, height: number): string =>
  `<svg width="128" height="128"><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="#fff" stroke-width="2"/></svg>`;
