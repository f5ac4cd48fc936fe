import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Resource } from './resource.ts';

/** What went wrong with a connection concerns only whoever held it. */
export function ignore(): void {
  return;
}

/** The address that is asked for; undefined for what is none, "//" for one. */
export function addressOf({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'http://127.0.0.1') ? new URL(url, 'http://127.0.0.1') : undefined;
}

/** The body of a request as text; undefined where it has more than so many bytes. */
export async function readText(request: IncomingMessage, largest: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largest) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Sends an answer to whoever is still there to take it. */
export function send(response: ServerResponse, { status, headers, body }: Resource): void {
  response.on('error', ignore);
  response.writeHead(status, headers).end(body);
}
