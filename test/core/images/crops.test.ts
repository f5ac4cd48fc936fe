import { describe, expect, it } from 'vitest';
import { cropBoxes, cutCrops } from '../../../core/images/crops.ts';
import { float32 } from '../../../core/tensor.ts';

describe('cropBoxes()', () => {
  it("gives CRAFT's 16 crops of 64 pixels at 224, row by row", () => {
    const boxes = cropBoxes({ width: 224, height: 224, patch: 64 });
    // torch.nn.functional.unfold(kernel_size=64, stride=51): (224 - 64) // 51 + 1 = 4 a side.
    expect(boxes.length).toBe(16);
    expect(boxes.slice(0, 5)).toEqual([
      [0, 0, 64, 64],
      [51, 0, 64, 64],
      [102, 0, 64, 64],
      [153, 0, 64, 64],
      [0, 51, 64, 64],
    ]);
  });

  it('fits a window that just fits, and shrinks one that does not', () => {
    expect(cropBoxes({ width: 4, height: 4, patch: 4 })).toEqual([[0, 0, 4, 4]]);
    expect(cropBoxes({ width: 5, height: 3, patch: 8 })).toEqual([
      [0, 0, 3, 3],
      [2, 0, 3, 3],
    ]);
    expect(cropBoxes({ width: 2, height: 1, patch: 1 }).length).toBe(2);
  });

  it('refuses a window of no pixels', () => {
    expect(() => cropBoxes({ width: 4, height: 4, patch: 0 })).toThrow('at least one pixel');
  });
});

describe('cutCrops()', () => {
  // Two images of 3 channels, 2 rows, 3 columns; each value tells its place: image, channel, row, column.
  const at = (image: number, channel: number, row: number, column: number) =>
    image * 1000 + channel * 100 + row * 10 + column;
  const values = (order: 'NCHW' | 'NHWC') => {
    const data: number[] = [];
    for (let image = 0; image < 2; image++) {
      if (order === 'NCHW')
        for (let c = 0; c < 3; c++)
          for (let y = 0; y < 2; y++) for (let x = 0; x < 3; x++) data.push(at(image, c, y, x));
      else
        for (let y = 0; y < 2; y++)
          for (let x = 0; x < 3; x++) for (let c = 0; c < 3; c++) data.push(at(image, c, y, x));
    }
    return Float32Array.from(data);
  };
  const boxes = [
    [0, 0, 2, 2],
    [1, 0, 2, 2],
  ] as const;

  it('cuts planes, the crops of an image one after another', () => {
    const crops = cutCrops(float32(values('NCHW'), [2, 3, 2, 3]), 'NCHW', boxes);
    expect(crops.dims).toEqual([4, 3, 2, 2]);
    expect(Array.from(crops.data.subarray(0, 8))).toEqual([0, 1, 10, 11, 100, 101, 110, 111]);
    expect(Array.from(crops.data.subarray(36, 40))).toEqual([1001, 1002, 1011, 1012]);
  });

  it('cuts pixels', () => {
    const crops = cutCrops(float32(values('NHWC'), [2, 2, 3, 3]), 'NHWC', boxes);
    expect(crops.dims).toEqual([4, 2, 2, 3]);
    expect(Array.from(crops.data.subarray(12, 18))).toEqual([1, 101, 201, 2, 102, 202]);
  });

  it('gives nothing for no boxes, and refuses a box outside the image', () => {
    const input = float32(values('NCHW'), [2, 3, 2, 3]);
    expect(cutCrops(input, 'NCHW', []).dims).toEqual([0, 3, 0, 0]);
    expect(() => cutCrops(input, 'NCHW', [[2, 0, 2, 2]])).toThrow('box does not fit');
  });
});
