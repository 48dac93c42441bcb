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
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Seen once in some fifty runs: a broken frame between the Firestore emulator and a client, which then waits a minute before it
          // listens again. A fault of our own fails three times as well.
          retry: 2,
        },
      },
    ],
  },
})
