// `npm run test:abuse [-- --size small]`: attacks with the rights of a stranger, at the default limits, on
// this machine only. Prints a table; fails if a bound does not hold.
import { parseArgs } from 'node:util'
import type { Size } from './result.ts'

const { values } = parseArgs({ options: { size: { type: 'string', default: 'full' } } })
if (values.size !== 'small' && values.size !== 'full')
  throw new Error(`Cannot run the attacks: --size is ${values.size}, expected small or full`)
const size: Size = values.size

// The functions write log lines. The logger keeps the console that it finds on import.
const print = (line: string) => process.stdout.write(`${line}\n`)
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) console[method] = () => undefined

const { runAttacks } = await import('./attacks.ts')
const results = await runAttacks(size)
print('| attack | attempted | refused | tokens | CPU seconds | failures of other users | bound | holds |')
print('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const { attack, attempted, refused, tokens, cpuSeconds, failuresOfOthers, bound, holds } of results) {
  const cells = [attack, attempted, refused, tokens, cpuSeconds.toFixed(1), failuresOfOthers, bound]
  print(`| ${[...cells, holds ? 'yes' : 'NO'].join(' | ')} |`)
}
process.exitCode = results.every(({ holds }) => holds) ? 0 : 1
