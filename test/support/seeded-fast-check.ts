import * as fc from 'fast-check'
import { runSeed } from './seed.ts'

fc.configureGlobal({ seed: runSeed })

/** fast-check with the seed of the test run. */
export * from 'fast-check'
