import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { App, IpcMain, Session, WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { CALL_CHANNEL } from '../../../main/api/channels.ts';
import { registerHandlers } from '../../../main/boot/register-handlers.ts';
import { restrictContents, restrictSession } from '../../../main/boot/security.ts';
import { PAGE_POLICY } from '../../../main/http/resource.ts';
import { DOCUMENT_POLICY } from '../../../main/services/resources.ts';
import type { WorkbenchService } from '../../../main/services/workbench.ts';
import { getMainWindowOptions } from '../../../main/boot/window.ts';

vi.mock('electron', () => ({ BrowserWindow: class {} }));

/* Electron's security checklist (its "Security" guide), point by point, as far as it shows without a window. */

const ROOT = path.join(import.meta.dirname, '../../..');
const sources = readdirSync(path.join(ROOT, 'main'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(path.join(ROOT, 'main', file), 'utf8'));

describe('getMainWindowOptions()', () => {
  it('allows the page nothing that it does not need', () => {
    expect(getMainWindowOptions('/out/preload.cjs', 'dark')).toEqual({
      width: 1440,
      height: 900,
      minWidth: 1024,
      minHeight: 700,
      show: false,
      title: 'Tessera',
      backgroundColor: '#111317',
      webPreferences: {
        preload: '/out/preload.cjs',
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: true,
      },
    });
  });
});

describe('restrictSession()', () => {
  const handlers: Record<string, (...args: never[]) => unknown> = {};
  const keep = (name: string) => (handler: never) => void (handlers[name] = handler);
  restrictSession({
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    webRequest: { onBeforeRequest: keep('before') },
  } as unknown as Session);
  const called = <T>(name: string, ...args: unknown[]): T => handlers[name](...(args as never[])) as T;

  it('refuses every permission and device but writing to the clipboard', () => {
    const asked = (permission: string): boolean => {
      let isAllowed = true;
      called('request', {}, permission, (answer: boolean) => (isAllowed = answer));
      expect(called('check', {}, permission)).toBe(isAllowed);
      return isAllowed;
    };
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal'])
      expect(asked(permission), permission).toBe(false);
    expect(asked('clipboard-sanitized-write')).toBe(true);
    expect(called('device')).toBe(false);
  });

  it("cancels every request that is not for Tessera's own pages", () => {
    const isCancelled = (url: string): boolean => {
      let cancelled = false;
      called('before', { url }, ({ cancel }: { cancel: boolean }) => (cancelled = cancel));
      return cancelled;
    };
    const foreign = ['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://localhost/'];
    expect(foreign.map(isCancelled)).toEqual(foreign.map(() => true));
    expect(isCancelled('tessera://app/index.html')).toBe(false);
  });
});

describe('restrictContents()', () => {
  it('denies navigation, redirection, guests and windows in every page that is ever made', () => {
    let onCreated: ((event: unknown, contents: WebContents) => void) | undefined;
    restrictContents({ on: (_name: string, listener: never) => (onCreated = listener) } as unknown as App);
    const listeners: Record<string, (event: object) => void> = {};
    let openHandler = (): unknown => undefined;
    onCreated!({}, {
      on: (name: string, listener: never) => (listeners[name] = listener),
      setWindowOpenHandler: (handler: never) => (openHandler = handler),
    } as unknown as WebContents);
    const isPrevented = (name: string, url: string): boolean => {
      const preventDefault = vi.fn();
      listeners[name]({ url, preventDefault });
      return preventDefault.mock.calls.length > 0;
    };
    expect(isPrevented('will-navigate', 'https://example.org/')).toBe(true);
    expect(isPrevented('will-navigate', 'file:///etc/passwd')).toBe(true);
    expect(isPrevented('will-navigate', 'tessera://app/index.html')).toBe(false);
    expect(isPrevented('will-redirect', 'tessera://app/index.html')).toBe(true);
    expect(isPrevented('will-attach-webview', 'tessera://app/index.html')).toBe(true);
    expect(openHandler()).toEqual({ action: 'deny' });
  });
});

describe('registerHandlers()', () => {
  let answer: (event: object, method: unknown) => unknown;
  const getApp = vi.fn(() => Promise.resolve('answered'));
  const ipcMain: Pick<IpcMain, 'handle'> = {
    handle: (channel, listener) => {
      expect(channel).toBe(CALL_CHANNEL);
      answer = listener as typeof answer;
    },
  };
  registerHandlers(ipcMain, { handlers: { getApp }, log: {} } as unknown as WorkbenchService);

  it("answers the main frame of Tessera's own page alone", async () => {
    const from = (url: string, parent: unknown = null) => ({ senderFrame: { url, parent } });
    for (const event of [
      from('https://example.org/index.html'),
      from('tessera://other/index.html'),
      from('tessera://app/documents/report-1'),
      from('tessera://app/index.html', {}),
      { senderFrame: null },
    ])
      expect(() => answer(event, 'getApp')).toThrow('Refused');
    expect(getApp).not.toHaveBeenCalled();
    const own = await answer(from('tessera://app/index.html'), 'getApp');
    expect(own).toEqual({ ok: true, value: 'answered' });
  });

  it('knows only the methods of the contract', () => {
    const event = { senderFrame: { url: 'tessera://app/index.html', parent: null } };
    for (const method of ['constructor', '__proto__', 'eval', 7, undefined])
      expect(() => answer(event, method)).toThrow('no such method');
  });
});

describe('the policies', () => {
  it('let no script run but the own one, and nothing come from elsewhere', () => {
    for (const policy of [PAGE_POLICY, DOCUMENT_POLICY]) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
      expect(policy).toContain("base-uri 'none'; form-action 'none'");
    }
    expect(PAGE_POLICY).toMatch(/(^|; )script-src 'self'(;|$)/);
    expect(DOCUMENT_POLICY).not.toContain('script-src');
  });
});

describe('the program', () => {
  it('opens nothing outside itself and turns no protection off', () => {
    for (const source of sources) {
      expect(source).not.toMatch(/openExternal|disable-web-security|executeJavaScript|enableBlinkFeatures/);
      expect(source).not.toMatch(/(contextIsolation|sandbox|webSecurity): false|nodeIntegration\w*: true/);
    }
  });

  it('sets the fuses of a package', () => {
    const [, fuses] = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(
      readFileSync(path.join(ROOT, 'electron-builder.yml'), 'utf8'),
    )!;
    const set = Object.fromEntries(
      fuses
        .trim()
        .split(/\n\s*/)
        .map((line) => line.split(': ') as [string, string]),
    );
    expect(set).toEqual({
      runAsNode: 'false',
      enableCookieEncryption: 'true',
      enableNodeOptionsEnvironmentVariable: 'false',
      enableNodeCliInspectArguments: 'false',
      enableEmbeddedAsarIntegrityValidation: 'true',
      onlyLoadAppFromAsar: 'true',
      loadBrowserProcessSpecificV8Snapshot: 'false',
      grantFileProtocolExtraPrivileges: 'false',
      resetAdHocDarwinSignature: 'true',
    });
  });
});
