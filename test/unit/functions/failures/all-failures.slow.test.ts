import { afterAll } from 'vitest'
import { startCalls } from '../../../support/calls.ts'
import { watchForLeaks } from '../../../support/canaries.ts'
import { FAILED_REQUESTS } from '../../../support/failed-requests.ts'
import { JSON_FAILURES, MODEL_FAILURES, representatives } from '../../../support/failure-table.ts'
import { testAnnotateImage, testBackfills, testCall, testStreamedAnswer, testUploads } from './suites.ts'

/* Every failure through every function that differs in how it handles them. The fast suites cover the representatives. */

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

const others = (failures: typeof JSON_FAILURES) => {
  const fast = new Set(representatives(failures))
  return failures.filter((failure) => !fast.has(failure))
}

testUploads(calls, others(JSON_FAILURES))
testAnnotateImage(calls, others(JSON_FAILURES))
testBackfills(
  calls,
  others(FAILED_REQUESTS).filter(({ timeoutMs }) => timeoutMs === undefined),
)
testCall(calls, 'answerQuestion', others(MODEL_FAILURES))
// The other calls ask by the same code.
testCall(calls, 'detectObjects', others(JSON_FAILURES))
testStreamedAnswer(calls, others(MODEL_FAILURES))
