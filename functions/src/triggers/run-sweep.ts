import * as logger from 'firebase-functions/logger'
import { geminiApiKey } from '../config/params.ts'
import { readConfig } from '../config/read-config.ts'
import { SWEEP_BUDGET_MS } from '../config/time-limits.ts'
import { refusalOf } from '../maintenance/refused-deletions.ts'
import { sweep } from '../maintenance/sweep.ts'
import { getServices } from '../services.ts'

/**
 * Runs a scheduled sweep and logs its counts in one line.
 * @throws also after a complete sweep, if Cloud Storage refused a deletion, so that operators see it
 */
export async function handleSweep(): Promise<void> {
  const config = readConfig()
  const services = await getServices(config, geminiApiKey)
  const started = Date.now()
  const report = await sweep(services, config, { walk: 'when-due', budgetMs: SWEEP_BUDGET_MS })
  logger.info('sweep ended', { ...report, ms: Date.now() - started })
  const refusal = refusalOf(report)
  if (refusal) throw refusal
}
