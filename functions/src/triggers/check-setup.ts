import * as logger from 'firebase-functions/logger'
import { geminiApiKey, knownApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { checkSetup } from '../maintenance/check-setup.ts'
import { getServices } from '../services.ts'

/**
 * Logs the report of `checkSetup` in one line.
 * @throws Error if a check failed, so that the queue tries again: new roles take minutes to become effective
 */
export async function handleCheckSetup(): Promise<void> {
  const config = readConfig()
  const services = await getServices(config, geminiApiKey)
  const { state, checks } = await checkSetup(services, config, knownApiKey())
  if (state === 'ok') {
    logger.info('setup checked', { state, checks })
    return
  }
  const failed = checks.filter(({ ok }) => !ok)
  logger.error('setup checked', { state, checks })
  throw new Error(
    `The setup has problems: ${failed.map(({ name, found }) => `${name}: ${found}`).join('; ')}`,
  )
}
