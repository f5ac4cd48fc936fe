import { serializeError } from '../api/serialize-error.ts';
import type { Trial } from '../../core/runtime/device-trial.ts';
import type { DeviceName, OnProgress } from '../../core/platform.ts';
import { createJobs } from './jobs/all-jobs.ts';
import type { JobContext } from './jobs/job-context.ts';
import { openParentPort } from './parent-port.ts';
import type { ComputeJobs, ToCompute } from './protocol.ts';

/*
 * The entry of the compute process: everything native happens here, so that a crash costs a job at most. It serves
 * one parent and ends with it.
 */

const PROGRESS_MS = 80;

const port = openParentPort();
const cancels = new Map<number, AbortController>();
const trials = new Map<number, (trial: Trial) => void>();
let questions = 0;

const jobs = createJobs({ probe: tryElsewhere });

port.onMessage(receive);
port.post({ type: 'ready' });

function receive(message: ToCompute): void {
  switch (message.type) {
    case 'ping':
      return port.post({ type: 'pong' });
    case 'cancel':
      return cancels.get(message.id)?.abort();
    case 'trial':
      trials.get(message.id)?.(message.trial);
      return void trials.delete(message.id);
    case 'job':
      return void serve(message);
  }
}

async function serve({ id, name, question }: Extract<ToCompute, { type: 'job' }>): Promise<void> {
  const cancel = new AbortController();
  cancels.set(id, cancel);
  const context: JobContext = {
    signal: cancel.signal,
    onProgress: throttled((progress) => port.post({ type: 'progress', id, progress })),
    onNews: (news) => port.post({ type: 'news', id, news }),
  };
  try {
    const job = jobs[name] as (
      question: unknown,
      context: JobContext,
    ) => ReturnType<ComputeJobs[typeof name]>;
    const answer: unknown = await job(question, context);
    port.post({ type: 'done', id, answer });
  } catch (error) {
    const serialized = serializeError(error);
    if (serialized.code === 'internal') process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
    port.post({ type: 'failed', id, error: serialized });
  } finally {
    cancels.delete(id);
  }
}

/** Passes on what people can follow: a stage's start and end, and its progress a few times a second. */
function throttled(report: OnProgress): OnProgress {
  let stage = '';
  let reportedMs = 0;
  return (progress) => {
    const nowMs = Date.now();
    const isEdge = progress.stage !== stage || progress.done >= progress.total;
    if (!isEdge && nowMs - reportedMs < PROGRESS_MS) return;
    stage = progress.stage;
    reportedMs = nowMs;
    report(progress);
  };
}

/** A driver may abort its process, so a device is tried in one that the parent starts for it. */
function tryElsewhere(device: DeviceName): Promise<Trial> {
  const id = ++questions;
  return new Promise((resolve) => {
    trials.set(id, resolve);
    port.post({ type: 'try-device', id, device });
  });
}
