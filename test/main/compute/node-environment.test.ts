import { describe, expect, it } from 'vitest';
import type { DeviceName } from '../../../core/platform.ts';
import { createNodeEnvironment } from '../../../main/compute/node-environment.ts';

describe('createNodeEnvironment', () => {
  it('tries a device once, however often it is asked for', async () => {
    const tried: DeviceName[] = [];
    const environment = createNodeEnvironment({
      probe: (device) => {
        tried.push(device);
        return Promise.resolve({ works: false, failure: 'no driver' });
      },
    });
    const first = await environment.openDevice('webgpu');
    const second = await environment.openDevice('webgpu');
    expect(tried).toEqual(['webgpu']);
    expect(second.used).toBe('cpu');
    expect(second.fallbackReasons).toEqual(first.fallbackReasons);
    expect(first.fallbackReasons.join()).toContain('webgpu cannot be used here: no driver');
  });
});
