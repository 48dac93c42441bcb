import sharp from 'sharp'
import { handleAnswerQuestion } from '../../functions/src/callables/answer-question.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { replaceServices } from '../../functions/src/services.ts'
import { type AbuseResult, cpuSecondsSince, type Size } from './result.ts'
import { abuseWorld, callOf } from './world.ts'

const SIZES = { small: { accounts: 5, calls: 100 }, full: { accounts: 25, calls: 570 } }
/** A call of a verified user after this number of calls of the attacker. */
const OTHER_EVERY = 20

/** Anonymous accounts call as often as they can, while a verified user calls now and then. */
export async function attackWithAnonymousAccounts(size: Size): Promise<AbuseResult> {
  const { accounts, calls } = SIZES[size]
  const { services, quota } = abuseWorld()
  replaceServices(services)
  const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const image = { inlineData: { mimeType: 'image/png', data: png.toString('base64') } }
  const data = { images: image, question: 'What is it?' }
  let [refused, failuresOfOthers] = [0, 0]
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) {
    const attacker = callOf(`anonymous-${call % accounts}`, 'anonymous', data)
    await handleAnswerQuestion(attacker).catch(() => refused++)
    if (call % OTHER_EVERY > 0) continue
    const other = callOf('alice', 'google.com', data)
    await handleAnswerQuestion(other).catch(() => failuresOfOthers++)
  }
  const cpuSeconds = cpuSecondsSince(before)
  replaceServices(undefined)
  const tokens = [...quota.restrictedTokens.values()].reduce((sum, each) => sum + each, 0)
  const { projectTokensPerDay, restrictedTokensPerDay, restrictedProjectPercent } = readConfig()
  const most = Math.min(
    accounts * restrictedTokensPerDay,
    (projectTokensPerDay * restrictedProjectPercent) / 100,
  )
  return {
    attack: `${accounts} anonymous accounts, ${calls} calls`,
    attempted: calls,
    refused,
    tokens,
    cpuSeconds,
    failuresOfOthers,
    bound: `at most ${Math.round(most * 1.1)} tokens (the limits of these users and 10 %), other users are served`,
    holds: tokens <= most * 1.1 && tokens > 0 && failuresOfOthers === 0,
  }
}
