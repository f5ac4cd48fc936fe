import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { differences } from '../../campaign/project-facts.ts';
import { temporaryFolder } from './colour-case.ts';
import { tessera, tesseraProcess, type Outcome } from './run-tessera.ts';
import { explainedWhole, factsOf, piecesOf, statusOf } from './shared-run-case.ts';

/** A folder in which BullMQ and ioredis are installed. */
const PACKAGES = process.env['TESSERA_TEST_QUEUE'] ?? '';

function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return existsSync(path.join(PACKAGES, 'node_modules/bullmq'));
  } catch {
    return false;
  }
}

/** A Redis server that keeps nothing, with a password. */
async function startRedis(port: number, how = ['--port', String(port)]): Promise<{ stop(): Promise<void> }> {
  const options = [...how, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...options, '--requirepass', 'geheim'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => server.on('close', () => resolve()));
  await new Promise<void>((resolve) => {
    server.stdout.on('data', (text: Buffer) => text.includes('Ready to accept connections') && resolve());
  });
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
  };
  onTestFinished(stop);
  return { stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
}

function started(argv: readonly string[], options: Parameters<typeof tesseraProcess>[1] = {}): Started {
  let child: ChildProcess | undefined;
  const ended = tesseraProcess(argv, { ...options, cwd: PACKAGES, onStart: (own) => (child = own) });
  onTestFinished(() => void child?.kill('SIGKILL'));
  return { child: child!, ended };
}

/** The process that has stopped itself before its first write of the predictions. */
async function stoppedWorker(out: string): Promise<number> {
  for (;;) {
    const [{ shards }] = (await statusOf(out)).stages;
    for (const { pid } of shards) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (stat.includes(') T ')) return pid;
    }
    await wait(300);
  }
}

describe.skipIf(!hasRedis())(
  'a run on a queue (needs redis-server, and BullMQ in TESSERA_TEST_QUEUE)',
  { timeout: 240_000 },
  () => {
    it('is the same where a worker is lost in mid-job and the server forgets all jobs', async () => {
      const { out, question, whole } = await explainedWhole(256, '--evaluate', 'none');
      await tessera('plan', ...question);
      const port = await freePort();
      const redis = `redis://:geheim@127.0.0.1:${port}`;
      let server = await startRedis(port);
      const submitted = started(['submit', out, '--engine', 'bullmq', '--shards', '4', '--redis', redis]);
      const lost = started(['worker', '--redis', redis, '--threads', '1'], {
        stopsAtWrite: true,
        env: { TESSERA_STOP_AT: 'cache/predictions-', TESSERA_STOP_SIGNAL: 'SIGSTOP' },
      });
      const pid = await stoppedWorker(out);
      lost.child.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      const worker = started(['worker'], { env: { TESSERA_REDIS: redis } });
      while ((await statusOf(out)).stages[1].state === 'unknown') await wait(200);
      await server.stop();
      server = await startRedis(port);
      const done = await submitted.ended;
      expect(done, done.stderr).toMatchObject({ code: 0 });
      worker.child.kill('SIGTERM');
      expect(await worker.ended).toMatchObject({ code: 0 });
      expect(differences(whole, await factsOf(out))).toEqual([]);
      expect((await statusOf(out)).failures).toEqual([]);
      for (const stage of ['predictions', 'rows', 'coefficients', 'importance', 'removals'])
        expect(await piecesOf(out, stage)).toHaveLength(4);
      await rm(out, { recursive: true });
    });

    it('speaks TLS, with an authority of the lab', async () => {
      const folder = await temporaryFolder();
      const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'ca.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      const made = [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        certificate,
        ...subject,
      ];
      execFileSync('openssl', made, { stdio: 'ignore' });
      const port = await freePort();
      const files = [
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-ca-cert-file',
        certificate,
      ];
      await startRedis(port, [
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--tls-auth-clients',
        'no',
        ...files,
      ]);
      const redis = `rediss://:geheim@localhost:${port}`;
      const unknown = await tesseraProcess(['worker', '--redis', redis], { cwd: PACKAGES });
      expect(unknown).toMatchObject({ code: 75 });
      expect(unknown.stderr).toContain('self-signed certificate');
      const known = started(['worker', '--redis', redis, '--redis-ca', certificate]);
      await new Promise<void>((resolve) => {
        known.child.stderr!.on(
          'data',
          (text: string) => text.includes('Takes work from localhost') && resolve(),
        );
      });
      known.child.kill('SIGTERM');
      expect(await known.ended).toMatchObject({ code: 0 });
    });

    it('says which password is refused, that nobody answers, and what is not installed', async () => {
      const port = await freePort();
      const gone = await tesseraProcess(['worker', '--redis', `redis://127.0.0.1:${port}`], {
        cwd: PACKAGES,
      });
      expect(gone).toMatchObject({ code: 75 });
      expect(gone.stderr).toContain(`Redis at 127.0.0.1:${port} cannot be reached`);
      await startRedis(port);
      const refused = await tesseraProcess(['worker', '--redis', `redis://:wrong@127.0.0.1:${port}`], {
        cwd: PACKAGES,
      });
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.stderr).toMatch(/refuses the password/);
      expect(refused.stderr).not.toContain('wrong@');
      const bare = await tesseraProcess(['worker', '--redis', `redis://127.0.0.1:${port}`], { cwd: '/' });
      expect(bare).toMatchObject({ code: 2 });
      expect(bare.stderr).toContain('The package bullmq is not installed');
    });
  },
);
