import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '../renderer/find-browser.ts';
import { sharedBrowser } from '../renderer/shared-browser.ts';
import { openSession, type HostSession } from './host-session.ts';
import { removeHome, startHost, temporaryHome, type HostProgram } from './host-program.ts';

const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const KEYS = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

describe('the loopback host under attack', { timeout: 120_000 }, () => {
  const home = temporaryHome();
  let host: HostProgram;
  let session: HostSession;

  beforeAll(async () => {
    host = await startHost(home);
    session = await openSession(host);
  }, 300_000);

  afterAll(async () => {
    await host?.stop();
    removeHome(home);
  });

  const isAlive = async (): Promise<boolean> => (await session.get('/')).status === 200;

  /** Writes as it is given, and returns the first line of the answer; '' where the connection was closed without. */
  function raw(text: string, ms = 1000): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(host.port, '127.0.0.1', () => socket.write(text));
      const end = () => (socket.destroy(), resolve(answer.split('\r\n')[0]));
      socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
      socket.on('error', end).on('close', end);
      setTimeout(end, ms);
    });
  }

  /** Opens a connection, writes, and breaks it off without a goodbye. */
  function writeAndReset(text: string, afterMs: number): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(host.port, '127.0.0.1', () =>
        socket.write(text, () => setTimeout(() => (socket.resetAndDestroy(), resolve()), afterMs)),
      );
      socket.on('error', () => resolve());
    });
  }

  describe('by upgrades that are refused', () => {
    it.each([
      ['with nothing after them', ''],
      ['with 70,000 bytes after them', 'x'.repeat(70_000)],
    ])('survives 200 of them %s, reset at once and a little later', async (_, rest) => {
      for (let i = 0; i < 200; i++)
        await writeAndReset(`GET /events HTTP/1.1\r\nHost: other\r\n${UPGRADE}\r\n${rest}`, i % 5);
      expect(await isAlive()).toBe(true);
    });

    it('survives resets of upgrades that it accepts, and frames that are too large or no frames', async () => {
      const own = `Host: 127.0.0.1:${host.port}\r\nOrigin: ${session.origin}\r\nCookie: ${session.cookie}\r\n`;
      const opened = `GET /events HTTP/1.1\r\n${own}${UPGRADE}${KEYS}\r\n`;
      const large = `\u0082\u00ff\0\0\0\0\0\u0010\0\0${'x'.repeat(100_000)}`;
      for (const frame of ['', large, '\u00ff\u00ff', 'GET / HTTP/1.1\r\n\r\n']) {
        for (let i = 0; i < 10; i++) await writeAndReset(opened + frame, 10 * i);
      }
      expect(await isAlive()).toBe(true);
    });

    it.each([
      ['of another version', 'Sec-WebSocket-Version: 99\r\n'],
      ['without a key', 'Sec-WebSocket-Version: 13\r\n'],
      ['without a version', ''],
    ])('refuses one %s', async (_, fields) => {
      const own = `Host: 127.0.0.1:${host.port}\r\nOrigin: ${session.origin}\r\nCookie: ${session.cookie}\r\n`;
      expect(await raw(`GET /events HTTP/1.1\r\n${own}${UPGRADE}${fields}\r\n`)).toMatch(/^HTTP\/1.1 4\d\d/);
    });

    it('lets go of connections whose upgrade it has refused, however long they stay', async () => {
      const ended = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const socket = connect({ host: '127.0.0.1', port: host.port, allowHalfOpen: true });
          socket.on('error', () => undefined).resume();
          socket.write(`GET /events HTTP/1.1\r\nHost: other\r\n${UPGRADE}\r\n`);
          const isOver = await Promise.race([once(socket, 'end').then(() => true), sleep(5000, false)]);
          socket.destroy();
          return isOver;
        }),
      );
      expect(ended).not.toContain(false);
    });
  });

  describe('by addresses and requests that are none', () => {
    it.each(['//', '//[', '///', '/\\', '//\\', '/%', '/%E0%A4%A', `/${'a'.repeat(20_000)}`, '//user@:x/'])(
      'answers GET %s with a refusal, not with a failure',
      async (address) => {
        const { status } = await session.get(address);
        if (address === '///' || address === '/\\' || address === '//\\') expect(status).toBeLessThan(500);
        else expect([400, 404, 414, 431]).toContain(status);
        expect((await session.post(address, '')).status).toBeLessThan(500);
      },
    );

    it.each([
      'GARBAGE\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
      'POST /api/getSetup HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
      'POST /api/getSetup HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
      'GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n',
      'CONNECT example.org:80 HTTP/1.1\r\nHost: example.org\r\n\r\n',
      '\0\0\0\0',
    ])('refuses or closes %j', async (text) => {
      expect(await raw(text)).toMatch(/^$|^HTTP\/1\.1 4\d\d/);
    });

    it.each([
      '{',
      '"\\ud800"',
      '\0',
      '['.repeat(100_000),
      '{"a":'.repeat(50_000),
      '{"__proto__":{"polluted":1},"paths":[]}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"paths":["\\u0000"]}',
      '{"paths":[1]}',
      `{"paths":["${'a/'.repeat(20_000)}"]}`,
      '{"paths":["/dev/zero"]}',
    ])('answers an argument that is none (%#) in words', async (body) => {
      const { status, text } = await session.post('/api/addPaths', body);
      if (status === 400) return;
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({
        ok: false,
        error: { message: expect.stringMatching(/\w/) as string },
      });
      expect(text).not.toMatch(/\n\s+at /);
    });

    it('refuses arguments that are too large', async () => {
      const { status } = await session.post('/api/addPaths', 'a'.repeat(5 * 2 ** 20));
      expect(status).toBe(413);
    });
  });

  it('answers beside 500 connections that never finish their request', async () => {
    const sockets: Socket[] = Array.from({ length: 500 }, () => {
      const socket = connect(host.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-a: ');
      return socket;
    });
    await sleep(500);
    expect(await isAlive()).toBe(true);
    for (const socket of sockets) socket.resetAndDestroy();
    expect(await isAlive()).toBe(true);
  });

  it('answers 300 calls at once', async () => {
    const calls = await Promise.all(Array.from({ length: 300 }, () => session.post('/api/getSetup', '')));
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
  });

  describe.skipIf(findBrowser() === undefined)(
    'from a page (needs chromium or google-chrome on the PATH, or CHROME_PATH)',
    () => {
      let browser: Browser;
      beforeEach(async () => void (browser = await sharedBrowser()));

      it.each([0, 30])(
        'survives a page of another origin that opens 1,000 sockets and reloads after %d ms',
        async (reloadMs) => {
          const script = `for (let i = 0; i < 1000; i++) {
            const socket = new WebSocket('ws://127.0.0.1:${host.port}/events');
            setTimeout(() => socket.close(), 0);
          }
          setTimeout(() => location.reload(), ${reloadMs});`;
          const server = createServer((_, response) => {
            response.setHeader('content-type', 'text/html').end(`<script>${script}</script>`);
          });
          await once(server.listen(0, '127.0.0.1'), 'listening');
          const context = await browser.newContext();
          try {
            const page = await context.newPage();
            await page
              .goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
              .catch(() => undefined);
            await sleep(8000);
          } finally {
            await context.close();
            server.closeAllConnections();
            server.close();
          }
          expect(await isAlive()).toBe(true);
        },
      );
    },
  );
});
