import { scriptedModel } from '../support/vision.ts'
import { attackWithAnonymousAccounts } from './anonymous.ts'
import { attackWithBodies } from './body-attack.ts'
import { attackDailyLimit } from './daily-limit.ts'
import { attackDecoding } from './decoding.ts'
import type { AbuseResult, Size } from './result.ts'
import { attackSweep, attackWithUploadsOverQuota } from './uploads.ts'

/** Cloud Run accepts requests of up to 32 MiB. */
const BODY_BYTES = { small: 2_000_000, full: 31_500_000 }
/** Of an instance with 2 GiB of memory. */
const HEAP_MEGABYTES = 1024

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

async function bodies(size: Size): Promise<AbuseResult> {
  const bytes = BODY_BYTES[size]
  const attack = await attackWithBodies('answerQuestion', { bytes, heap: HEAP_MEGABYTES })
  const { attempted, refused, cpuSeconds, failures, survived } = attack
  return {
    attack: `${attempted} hostile request bodies of ${bytes / 1e6} MB to one instance`,
    attempted,
    refused,
    tokens: 0,
    cpuSeconds,
    failuresOfOthers: failures,
    bound: 'the process survives and serves all other calls',
    holds: survived && failures === 0,
  }
}

/** Runs all attacks, one after another, on this machine. */
export async function runAttacks(size: Size): Promise<AbuseResult[]> {
  return [
    await attackWithAnonymousAccounts(size),
    await bodies(size),
    await decoding(size),
    await attackDailyLimit(),
    await attackWithUploadsOverQuota(size),
    await attackSweep(size),
  ]
}
