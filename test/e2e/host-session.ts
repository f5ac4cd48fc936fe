import { request, type IncomingHttpHeaders } from 'node:http';
import type { HostProgram } from './host-program.ts';

export interface HostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a page of the host may ask, without a browser. */
export interface HostSession {
  readonly cookie: string;
  readonly origin: string;
  /** A path as it is given: nothing is normalised on the way. */
  get(path: string): Promise<HostAnswer>;
  post(
    path: string,
    body: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HostAnswer>;
  /** The value of a call; rejects with the message of one that failed. */
  call<T>(method: string, argument?: unknown, page?: string): Promise<T>;
}

/** Redeems the token that the host has printed. */
export async function openSession({
  port,
  address,
}: Pick<HostProgram, 'port' | 'address'>): Promise<HostSession> {
  const origin = `http://127.0.0.1:${port}`;
  const ask = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string | Uint8Array,
  ): Promise<HostAnswer> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, headers, agent: false };
      const asked = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  const { search } = new URL(address);
  const { headers } = await ask('GET', `/${search}`, {});
  const cookie = headers['set-cookie']![0].split(';')[0];
  const post: HostSession['post'] = (path, body, more = {}) =>
    ask('POST', path, { cookie, origin, ...more }, body);
  return {
    cookie,
    origin,
    get: (path) => ask('GET', path, { cookie }),
    post,
    async call<T>(method: string, argument?: unknown, page = 'one') {
      const body = argument === undefined ? '' : JSON.stringify(argument);
      const { text } = await post(`/api/${method}`, body, { 'x-tessera-page': page });
      const result = JSON.parse(text) as { ok: boolean; value: T; error: { message: string } };
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    },
  };
}
