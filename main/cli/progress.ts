import type { OnProgress, Progress } from '../../core/platform.ts';
import { partText } from '../../core/wording/job-words.ts';
import { clockText, rateText } from '../../core/wording/duration-text.ts';

const REDRAW_MS = 200;

/**
 * Progress on a stream, one line a stage: "crops 128/640 · 240/s · 0:02 left".
 *
 * On a terminal the line is redrawn; elsewhere (a log file, a pipe) a line is written when a stage ends.
 */
export function progressPrinter(stream: NodeJS.WriteStream, now: () => number = Date.now): OnProgress {
  let step = '';
  let startedMs = 0;
  let startedAt = 0;
  let drawnMs = 0;
  let ended = '';
  return (progress) => {
    const nowMs = now();
    const own = stepOf(progress);
    if (own !== step) {
      step = own;
      startedMs = nowMs;
      startedAt = progress.done;
    }
    const isEnd = progress.done >= progress.total;
    // A stage may tell its end twice, from inside and from the chunk around it.
    if (isEnd && ended === own) return;
    ended = isEnd ? own : '';
    const line = describe(progress, progress.done - startedAt, (nowMs - startedMs) / 1000);
    if (!stream.isTTY) {
      if (isEnd) stream.write(`${line}\n`);
    } else if (isEnd || nowMs - drawnMs >= REDRAW_MS) {
      drawnMs = nowMs;
      stream.write(`\r\x1b[K${line}${isEnd ? '\n' : ''}`);
    }
  };
}

function stepOf({ stage, part }: Progress): string {
  return part === undefined ? stage : `${stage}, ${partText(part)}:`;
}

function describe(progress: Progress, doneHere: number, seconds: number): string {
  const { done, total } = progress;
  const parts = [`${stepOf(progress)} ${done}/${total}`];
  const rate = doneHere / seconds;
  if (seconds > 0 && doneHere > 0) parts.push(rateText(rate));
  if (done < total && rate > 0 && Number.isFinite(rate))
    parts.push(`${clockText((total - done) / rate)} left`);
  if (done >= total) parts.push(clockText(seconds));
  return parts.join(' · ');
}
