import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

const DRIVERS = [
  process.env['TESSERA_VK_ICD'] ?? '',
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/**
 * Environment in which WebGPU finds the software Vulkan device that every Chromium carries, or undefined where there
 * is none. Set TESSERA_VK_ICD to a vk_swiftshader_icd.json elsewhere. The Vulkan loader lies beside it.
 */
export const softwareVulkan = ((): Record<string, string> | undefined => {
  const driver =
    process.platform === 'linux' ? DRIVERS.find((path) => path !== '' && existsSync(path)) : undefined;
  if (driver === undefined) return undefined;
  const libraries = [dirname(driver), process.env['LD_LIBRARY_PATH'] ?? ''].filter((path) => path !== '');
  return {
    VK_ICD_FILENAMES: driver,
    LD_LIBRARY_PATH: libraries.join(':'),
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? '/tmp',
  };
})();
