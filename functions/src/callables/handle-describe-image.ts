import type { CallableRequest, CallableResponse } from 'firebase-functions/https'
import { type DescribeImageResult, describeImageRequest } from '../api/describe-image.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { handleCall } from './call.ts'
import { describeImage } from './describe-image.ts'

export async function handleDescribeImage(
  call: CallableRequest<unknown>,
  response?: CallableResponse,
): Promise<DescribeImageResult> {
  const options = { name: 'describeImage', timeoutMs: CALL_WORK_MS, expensive: false }
  return handleCall(call, describeImageRequest, options, describeImage, response?.signal)
}
