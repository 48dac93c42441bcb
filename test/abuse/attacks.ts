import { scriptedModel } from '../support/vision.ts'
import { attackWithAnonymousAccounts } from './anonymous.ts'
import { attackDailyLimit } from './daily-limit.ts'
import { attackDecoding } from './decoding.ts'
import type { AbuseResult, Size } from './result.ts'
import { attackSweep, attackWithUploadsOverQuota } from './uploads.ts'

/** Pixels of a side of the images to decode. 15 of 2,580 are just within MAX_CALL_PIXELS. */
const SIDES = { small: 500, full: 2580 }

async function decoding(size: Size): Promise<AbuseResult> {
  const side = SIDES[size]
  const { model } = scriptedModel()
  const attack = { calls: 1, images: 15, side, damage: 'pixels' as const }
  const { attempted, refused, tokens, cpuSeconds } = await attackDecoding(attack, model)
  return {
    attack: `15 interlaced PNGs of 16 bits (${side} x ${side}) and a damaged one`,
    attempted,
    refused,
    tokens,
    cpuSeconds,
    failuresOfOthers: 0,
    bound: 'the images whose decoding started are charged',
    holds: tokens >= 15 * 1000,
  }
}

/** Runs all attacks, one after another. All of them use this process only. */
export async function runAttacks(size: Size): Promise<AbuseResult[]> {
  return [
    await attackWithAnonymousAccounts(size),
    await decoding(size),
    await attackDailyLimit(),
    await attackWithUploadsOverQuota(size),
    await attackSweep(size),
  ]
}
