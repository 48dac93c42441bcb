import { defineConfig } from 'vite'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'baseline-widely-available',
    // Firestore alone is 450 kB; gzip brings the page to a third of its size.
    chunkSizeWarningLimit: 800,
  },
  optimizeDeps: {
    // Found one after the other, each would reload the page while it is in use.
    include: [
      'firebase/app',
      'firebase/auth',
      'firebase/firestore',
      'firebase/storage',
      'preact',
      'preact/hooks',
      'preact/jsx-runtime',
      'preact/jsx-dev-runtime',
    ],
  },
})
