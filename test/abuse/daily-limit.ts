import sharp from 'sharp'
import { handleDetectObjects } from '../../functions/src/callables/detect-objects.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { replaceServices } from '../../functions/src/services.ts'
import { type AbuseResult, cpuSecondsSince } from './result.ts'
import { abuseWorld, callOf } from './world.ts'

const CALLS = 30

/** Parallel calls of one user, whose model writes as much as each request allows. */
export async function attackDailyLimit(): Promise<AbuseResult> {
  const { services, quota } = abuseWorld(50)
  replaceServices(services)
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const image = { inlineData: { mimeType: 'image/png', data: png.toString('base64') } }
  const before = process.cpuUsage()
  const ended = await Promise.allSettled(
    Array.from({ length: CALLS }, async () =>
      handleDetectObjects(callOf('mallory', 'google.com', { image, masks: true })),
    ),
  )
  const cpuSeconds = cpuSecondsSince(before)
  const tokens = [...quota.projectTokens.values()].reduce((sum, each) => sum + each, 0)
  const other = await handleDetectObjects(callOf('alice', 'google.com', { image })).catch(() => undefined)
  replaceServices(undefined)
  const { tokensPerDay } = readConfig()
  return {
    attack: `${CALLS} parallel calls of detectObjects with masks`,
    attempted: CALLS,
    refused: ended.filter(({ status }) => status === 'rejected').length,
    tokens,
    cpuSeconds,
    failuresOfOthers: other ? 0 : 1,
    bound: `at most ${tokensPerDay * 1.1} tokens (TOKENS_PER_DAY and 10 %)`,
    holds: tokens <= tokensPerDay * 1.1 && tokens > tokensPerDay / 2 && other !== undefined,
  }
}
