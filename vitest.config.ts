import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
      },
      {
        test: {
          // Share one set of emulators, so one file at a time.
          name: 'emulators',
          include: ['test/{emulator,rules,integration,browser}/**/*.test.ts'],
          fileParallelism: false,
          // Longer than a listening client waits at most before it listens again (see support/app.ts).
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
