import type { CallableRequest, CallableResponse } from 'firebase-functions/https'
import { type DetectObjectsResult, detectObjectsRequest } from '../api/detect-objects.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { handleCall } from './call.ts'
import { detectObjects } from './detect-objects.ts'

export async function handleDetectObjects(
  call: CallableRequest<unknown>,
  response?: CallableResponse,
): Promise<DetectObjectsResult> {
  const options = { name: 'detectObjects', timeoutMs: CALL_WORK_MS, expensive: true }
  return handleCall(call, detectObjectsRequest, options, detectObjects, response?.signal)
}
