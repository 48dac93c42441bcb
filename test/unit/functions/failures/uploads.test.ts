import { afterAll } from 'vitest'
import { startCalls } from '../../../support/calls.ts'
import { watchForLeaks } from '../../../support/canaries.ts'
import { FAILED_REQUESTS } from '../../../support/failed-requests.ts'
import { JSON_FAILURES, representatives } from '../../../support/failure-table.ts'
import { testAnnotateImage, testBackfills, testUploads } from './suites.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

testUploads(calls, representatives(JSON_FAILURES))
testAnnotateImage(calls, representatives(JSON_FAILURES))
testBackfills(calls, representatives(FAILED_REQUESTS))
