import * as logger from 'firebase-functions/logger'
import { GEMINI_API_KEY } from '../params.ts'
import { readConfig } from '../read-config.ts'
import { getServices } from '../services.ts'
import { SWEEP_BUDGET_MS, sweep } from '../sweep/sweep.ts'

/** What the schedule starts. One line in the log a sweep: what was found and done. */
export async function handleSweep(): Promise<void> {
  const config = readConfig()
  const services = await getServices(config, () => GEMINI_API_KEY.value())
  const started = Date.now()
  const report = await sweep(services, config, { walk: 'when-due', budgetMs: SWEEP_BUDGET_MS })
  logger.info('sweep ended', { ...report, ms: Date.now() - started })
}
