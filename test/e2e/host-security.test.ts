import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describe('the loopback host to those who should not get in', { timeout: 60_000 }, () => {
  const home = temporaryHome();
  let host: HostProgram;
  let token: string;
  let cookie: string;
  let origin: string;

  beforeAll(async () => {
    host = await startHost(home);
    token = new URL(host.address).searchParams.get('token')!;
    origin = `http://127.0.0.1:${host.port}`;
    const { status, headers } = await ask(`/?token=${token}`);
    expect(status).toBe(303);
    expect(headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    cookie = headers['set-cookie']![0].split(';')[0];
  }, 300_000);

  afterAll(async () => {
    await host?.stop();
    removeHome(home);
  });

  /** A path as it is given: nothing is normalised on the way. */
  function ask(
    path: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: host.port, path, method, headers: { ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (part: string) => (text += part));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  const own = () => ({ cookie, origin });
  const post = (path: string, headers: object, body = '') => ask(path, { method: 'POST', headers, body });

  it('lets the browser in that opened the printed address, and serves it pages and calls', async () => {
    expect((await ask('/', { headers: { cookie } })).text).toContain('<script src="/bridge.js">');
    const { status, text } = await post('/api/getApp', own());
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ ok: true, value: { host: 'browser' } });
  });

  it('takes a token once, and no other', async () => {
    expect((await ask(`/?token=${token}`)).status).toBe(403);
    expect((await ask(`/?token=${token.slice(0, -1)}x`)).status).toBe(403);
    expect((await ask('/?token=')).status).toBe(403);
  });

  it.each(['/', '/index.html', '/bridge.js', '/pictures/f.0.0', '/documents/x', '/anything'])(
    'refuses %s without the cookie',
    async (address) => {
      expect((await ask(address)).status).toBe(403);
      expect((await ask(address, { headers: { cookie: `tessera-${host.port}=guess` } })).status).toBe(403);
    },
  );

  it.each([
    ['without the cookie', () => ({ origin })],
    ['without an origin', () => ({ cookie })],
    ['from another origin', () => ({ cookie, origin: 'http://example.org' })],
    ['from another port', () => ({ cookie, origin: `http://127.0.0.1:${host.port + 1}` })],
    ['from a page without an origin', () => ({ cookie, origin: 'null' })],
    ['from another site', () => ({ ...own(), 'sec-fetch-site': 'cross-site' })],
    ['under another name', () => ({ ...own(), host: `rebound.example.org:${host.port}` })],
  ])('refuses a call %s', async (_, headers) => {
    expect((await post('/api/getApp', headers())).status).toBe(403);
    expect((await post('/uploads?drop=a&place=b', headers(), 'x')).status).toBe(403);
  });

  it('refuses to be read under another name or from another page', async () => {
    expect((await ask('/', { headers: { cookie, host: 'rebound.example.org' } })).status).toBe(403);
    expect((await ask('/', { headers: { cookie, origin: 'http://example.org' } })).status).toBe(403);
  });

  it('allows no other origin anything (no CORS)', async () => {
    const answers = [
      await ask('/', { headers: { cookie } }),
      await post('/api/getApp', own()),
      await ask('/api/getApp', {
        method: 'OPTIONS',
        headers: { ...own(), 'access-control-request-method': 'POST' },
      }),
    ];
    for (const { headers } of answers)
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answers[2].status).toBe(405);
  });

  it.each([
    '/../package.json',
    '/../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/%00',
  ])('serves no file outside its folder: %s', async (address) => {
    const { status, text } = await ask(address, { headers: { cookie } });
    expect(status).toBe(404);
    expect(text).not.toContain('tessera@');
  });

  it.each([
    '%2Fetc%2Fpasswd',
    '..%2f..%2fmodels%2fdemo%2fimages%2fhouse%2f00.jpg',
    'f.0.0',
    'i.x.run1.0',
    'c',
  ])('gives pictures by their ids alone: %s', async (id) => {
    expect((await ask(`/pictures/${id}`, { headers: { cookie } })).status).toBe(404);
  });

  it('answers an address that is not well formed, a method that is not there and an argument that is no JSON', async () => {
    expect((await ask('/%E0%A4%A', { headers: { cookie } })).status).toBe(400);
    expect((await post('/api/__proto__', own())).status).toBe(404);
    expect((await post('/api/getLog', own(), '{')).status).toBe(400);
    const { text } = await post('/api/getLog', own(), '{"after":"x"}');
    expect(JSON.parse(text)).toMatchObject({ ok: false, error: { code: 'bad-usage' } });
  });

  it.each(['../../stolen', 'a/../../stolen', '/etc/stolen', 'a//b', String.raw`a\b`, ''])(
    'keeps no upload outside the folder of its drop: "%s"',
    async (place) => {
      const address = `/uploads?drop=d&place=${encodeURIComponent(place)}`;
      const { text } = await post(address, own(), 'x');
      expect(JSON.parse(text)).toMatchObject({ ok: false, error: { code: 'bad-usage' } });
      expect(await readdir(home, { recursive: true })).not.toContainEqual(expect.stringContaining('stolen'));
      expect(await readdir(path.dirname(home))).not.toContain('stolen');
    },
  );

  it('opens its line for events to its own page alone', async () => {
    const opened = (headers: object, address = '/events') =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${host.port}${address}`, { headers: { ...headers } });
        socket.on('open', () => (socket.close(), resolve(true)));
        socket.on('error', () => resolve(false));
      });
    expect(await opened(own())).toBe(true);
    expect(await opened({ origin })).toBe(false);
    expect(await opened({ cookie })).toBe(false);
    expect(await opened({ cookie, origin: 'http://example.org' })).toBe(false);
    expect(await opened({ ...own(), host: 'rebound.example.org' })).toBe(false);
    expect(await opened(own(), '/other')).toBe(false);
  });

  it('listens on 127.0.0.1 and nowhere else', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .filter(({ internal, scopeid }) => !internal && !scopeid)
      .map(({ address }) => address);
    for (const address of ['127.0.0.2', '::1', ...others]) {
      const answers = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: host.port, timeout: 3000 });
        socket.on('connect', () => (socket.destroy(), resolve(true)));
        for (const event of ['error', 'timeout'] as const)
          socket.on(event, () => (socket.destroy(), resolve(false)));
      });
      expect(answers, address).toBe(false);
    }
  });
});
