import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Relative addresses, because the page is served from a custom protocol as well as from a host. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [svelte({ configFile: false })],
  build: { outDir: '../out/renderer', emptyOutDir: true, target: 'chrome130', modulePreload: false },
});
