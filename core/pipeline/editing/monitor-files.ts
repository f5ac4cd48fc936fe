import { encodeZip } from '../../project/zip.ts';
import type { Monitor } from './make-monitor.ts';
import { monitorPage, type MonitorNames } from './monitor-page.ts';

/** What a monitor is written as, the model first. */
export const MONITOR_FILES = ['monitor.onnx', 'monitor.json', 'monitor.md'] as const;

/** A name of {@link MONITOR_FILES}. */
export type MonitorFile = (typeof MONITOR_FILES)[number];

/** The bytes of one file of a monitor; `names` are those that its page tells. */
export function monitorFile(
  { bytes, facts }: Monitor,
  file: MonitorFile,
  names: MonitorNames = { model: 'monitor.onnx', facts: 'monitor.json' },
): Uint8Array {
  const encoder = new TextEncoder();
  switch (file) {
    case 'monitor.onnx':
      return bytes;
    case 'monitor.json':
      return encoder.encode(`${JSON.stringify(facts, null, 2)}\n`);
    case 'monitor.md':
      return encoder.encode(monitorPage(facts, names));
  }
}

/** All files of a monitor in one, in a folder of this name. Throws as `encodeZip`. */
export function monitorZip(monitor: Monitor, folder: string): Uint8Array {
  return encodeZip(
    new Map(MONITOR_FILES.map((file) => [`${folder}/${file}`, monitorFile(monitor, file)] as const)),
  );
}
