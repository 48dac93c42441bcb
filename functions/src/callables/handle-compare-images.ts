import type { CallableRequest, CallableResponse } from 'firebase-functions/https'
import { type CompareImagesResult, compareImagesRequest } from '../api/compare-images.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { handleCall } from './call.ts'
import { compareImages } from './compare-images.ts'

export async function handleCompareImages(
  call: CallableRequest<unknown>,
  response?: CallableResponse,
): Promise<CompareImagesResult> {
  const options = { name: 'compareImages', timeoutMs: CALL_WORK_MS, expensive: true }
  return handleCall(call, compareImagesRequest, options, compareImages, response?.signal)
}
