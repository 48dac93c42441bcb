import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Slow tests: `npm run test:all` runs them, `npm test` does not. docs/testing.md */
const slow = '**/*.slow.test.ts'

const firebase13 = join(import.meta.dirname, 'test/extra/client/node_modules/firebase')

/** Vitest's default leaves one core idle. */
const unit = { maxWorkers: '100%', testTimeout: 30_000, hookTimeout: 30_000 }

/** As PATIENCE_MS in test/support/app.ts. */
const patience = { poll: { timeout: 120_000 } }

/** These tests share one set of emulators. */
const emulators = {
  // A slow machine needs up to 20 times as long as a developer's. Long limits cost no time in tests that pass.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: patience,
}

export default defineConfig({
  test: {
    projects: [
      { test: { ...unit, name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: [slow] } },
      { test: { ...unit, name: 'unit-slow', include: ['test/unit/**/*.slow.test.ts'] } },
      // The client's tests again, with the next version of the Firebase SDK.
      {
        resolve: { alias: [{ find: /^firebase\//, replacement: `${firebase13}/` }] },
        test: {
          ...unit,
          name: 'client-firebase-13',
          include: ['test/unit/client/**/*.test.ts'],
          exclude: [slow],
        },
      },
      {
        test: {
          ...emulators,
          name: 'emulators',
          include: ['test/{rules,integration,browser}/**/*.test.ts'],
          exclude: [slow],
          maxWorkers: 2, // Files run in pairs; more would load a small machine with too many function instances.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...emulators,
          name: 'emulators-slow',
          fileParallelism: false, // Some sweep, or measure the functions' memory.
          setupFiles: ['test/support/clear-firestore.ts'],
          include: ['test/{rules,integration,browser}/**/*.slow.test.ts'],
        },
      },
      // Packed packages, installed elsewhere. They start emulators of their own.
      {
        test: {
          name: 'packages',
          include: ['test/packages/**/*.slow.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: patience,
        },
      },
      // Whole programs that take both cores, so one file runs at a time.
      { test: { name: 'programs', include: ['test/programs/**/*.slow.test.ts'], fileParallelism: false } },
    ],
  },
})
