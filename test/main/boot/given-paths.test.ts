import { describe, expect, it } from 'vitest';
import { givenPaths } from '../../../main/boot/given-paths.ts';

const from = (isPackaged: boolean) => ({ isPackaged, getAppPath: () => '/src/tessera' });

describe('givenPaths()', () => {
  it('takes what comes after the program, from where the person stands', () => {
    const argv = ['/opt/tessera/tessera', '--no-sandbox', 'photos', '/data/model.onnx'];
    expect(givenPaths(argv, '/home/me', from(true))).toEqual(['/home/me/photos', '/data/model.onnx']);
  });

  it("passes over Electron's own arguments and the program's folder while it is not packaged", () => {
    const argv = ['/dist/electron', '--inspect=0', '/src/tessera', '../photos'];
    expect(givenPaths(argv, '/home/me', from(false))).toEqual(['/home/photos']);
    expect(givenPaths(['/dist/electron', '.'], '/src/tessera', from(false))).toEqual([]);
  });
});
