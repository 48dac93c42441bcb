import { afterAll } from 'vitest'
import { startCalls } from '../../../support/calls.ts'
import { watchForLeaks } from '../../../support/canaries.ts'
import { JSON_FAILURES, representatives } from '../../../support/failure-table.ts'
import { testAnnotateImage, testUploads } from './suites.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

testUploads(calls, representatives(JSON_FAILURES))
testAnnotateImage(calls, representatives(JSON_FAILURES))
