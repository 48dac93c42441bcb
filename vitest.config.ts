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
          // Seen once: a broken frame between the Firestore emulator and a listening client, which then waits a minute before it
          // listens again. Whatever else fails is not tried again.
          retry: { count: 2, condition: /was not seen after \d+ s/ },
        },
      },
    ],
  },
})
