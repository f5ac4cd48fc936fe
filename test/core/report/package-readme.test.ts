import { describe, expect, it } from 'vitest';
import { packageReadme, type PackageFacts } from '../../../core/report/package/package-readme.ts';

const facts: PackageFacts = {
  model: { path: '/models/birds [v2].onnx', sha256: 'ab12' },
  run: { id: 'run1', className: 'wren', made: '2026-11-30T09:39:40.027Z', images: 37 },
  found: 'The score depends mostly on \u201cthe *ring*\u201d.',
  trust: { headline: 'Sound; the model leans on the top left corner', advice: 'It can be relied on.' },
  tessera: '0.2.0',
  files: [{ name: 'report.html', text: 'What was found' }],
};

describe('packageReadme()', () => {
  it('tells model, run, concepts and files, with names that Markdown cannot take for its own', () => {
    const text = packageReadme(facts);
    expect(text).toContain(String.raw`# Audit of birds \[v2\].onnx`);
    expect(text).toContain('run of 2026-11-30');
    expect(text).toContain('when it says "wren", in 37 images');
    expect(text).toContain('\u201cthe \\*ring\\*\u201d');
    expect(text).toContain('the model leans on the top left corner. It can be relied on.');
    expect(text).toContain('| `report.html` | What was found |');
    expect(text).not.toContain('## The edited model');
  });

  it('tells a monitor, or why there is none', () => {
    expect(packageReadme(facts)).toContain('`monitor/monitor.md`');
    const without = packageReadme({ ...facts, withoutMonitor: 'These concepts are sparse.' });
    expect(without).toContain('There is no monitor: These concepts are sparse.');
    expect(without).not.toContain('monitor.md');
  });
});
