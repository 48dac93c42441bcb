import { handleAnswerQuestion } from '../../functions/src/callables/answer-question.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { replaceServices } from '../../functions/src/services.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { flatPng } from '../hostile/pictures/flat-png.ts'
import { cpuSecondsSince } from './result.ts'
import { abuseWorld } from './world.ts'

/*
 * Calls that make the functions decode, and end before the model is asked: large interlaced PNGs of 16 bits,
 * and one image that cannot be decoded.
 */

/** The last image of each call: `header` is refused by its header, `pixels` only when it is decoded. */
export type Damage = 'header' | 'pixels'

export type DecodingAttack = {
  calls: number
  /** Large images before the damaged one, at most 15. */
  images: number
  /** Pixels of a side of the square images. */
  side: number
  damage: Damage
}

export type DecodingOutcome = {
  attempted: number
  refused: number
  /** Charged to the attacker. */
  tokens: number
  cpuSeconds: number
  /** Reasons of the refusals. */
  reasons: string[]
}

/** Runs the attack against the handler of answerQuestion. No image may reach the model. */
export async function attackDecoding(
  { calls, images, side, damage }: DecodingAttack,
  model: Services['model'],
): Promise<DecodingOutcome> {
  const quota = unlimitedQuota()
  replaceServices({ ...abuseWorld().services, model, quota })
  const large = flatPng({ width: side, height: side, bitDepth: 16, interlaced: true })
  const small = flatPng({ width: 64, height: 64 })
  const damaged = small.subarray(0, damage === 'header' ? 20 : small.length - 30)
  const data = [...Array.from({ length: images }, () => large), damaged].map((bytes) => ({
    inlineData: { mimeType: 'image/png', data: bytes.toString('base64') },
  }))
  const reasons: string[] = []
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) {
    const request = { data: { images: data, question: 'What is it?' }, auth: { uid: 'mallory', token: {} } }
    await handleAnswerQuestion(request as never).catch((error: { details?: { reason: string } }) => {
      reasons.push(error.details?.reason ?? 'unknown')
    })
  }
  const cpuSeconds = cpuSecondsSince(before)
  replaceServices(undefined)
  const tokens = quota.settled.reduce((sum, { spent }) => sum + spent, 0)
  return {
    attempted: calls,
    refused: reasons.length,
    tokens,
    cpuSeconds,
    reasons: [...new Set(reasons)],
  }
}
