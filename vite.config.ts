/** Builds the web application of `dant view` into `dist/viewer`: files of its own only, no inline script or style. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { thirdPartyLicences } from './scripts/third-party-licences.ts';

export default defineConfig({
  root: 'src/viewer',
  base: './',
  publicDir: false,
  plugins: [react(), thirdPartyLicences('LICENSES.txt')],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/viewer',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy of the server allows no data: URIs for scripts and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});
