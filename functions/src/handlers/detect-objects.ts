import type { CallableRequest, CallableResponse } from 'firebase-functions/https'
import { type DetectObjectsResult, detectObjectsRequest } from '../api/detect-objects.ts'
import { detectObjects } from '../calls/detect-objects.ts'
import { handleCall } from './call.ts'
import { CALL_WORK_MS } from './limits.ts'

export async function handleDetectObjects(
  call: CallableRequest<unknown>,
  response?: CallableResponse,
): Promise<DetectObjectsResult> {
  const options = { name: 'detectObjects', timeoutMs: CALL_WORK_MS, expensive: true }
  return handleCall(call, detectObjectsRequest, options, detectObjects, response?.signal)
}
