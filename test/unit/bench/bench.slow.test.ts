import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startPython } from '../../../bench/peers/python.ts'
import type { Bench } from '../../../bench/run.ts'
import { root } from '../../../tools/paths.ts'

const NO_PYTHON = join(root, 'there/is/no/python')

function bench(...args: string[]) {
  return spawnSync(process.execPath, [join(root, 'bench/bench.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, FIRESIGHT_BENCH_PYTHON: NO_PYTHON },
  })
}

describe('npm run bench', () => {
  it('--quick --json measures every part, and prints only the JSON document', { timeout: 300_000 }, () => {
    const { stdout, stderr, status } = bench('--quick', '--json', '--seed', '5')
    expect({ status, said: status ? stderr : '' }).toEqual({ status: 0, said: '' })
    const found = JSON.parse(stdout) as Bench
    expect(found).toMatchObject({ plan: 'quick', rounds: 2, seed: 5 })
    const names = 'layer prepare preview read memory start path rate album scale'
    expect(found.parts.map(({ name }) => name)).toEqual(names.split(' '))
    for (const { name, measurements } of found.parts) {
      expect({ name, measured: measurements.length > 0 }).toEqual({ name, measured: true })
      for (const { id, samples, failure } of measurements) {
        expect({ id, samples: samples.length, failure }).toEqual({ id, samples: 2, failure: undefined })
      }
    }
    expect(found.missing).toEqual({ 'Python peers': expect.stringContaining(NO_PYTHON) })
    const unmeasured = found.targets.filter(({ measured }) => !measured).map(({ name }) => name)
    expect(unmeasured).toEqual(
      expect.arrayContaining(['Pillow doing the same layer ÷ layer', 'supervision at full size ÷ layer']),
    )
    // Checks that the target uses the ids of bench/cold-start.ts.
    const start = found.targets.find(({ name }) => name.startsWith('cold start'))
    expect(start?.remark).toMatch(/^with all that is loaded later: \d/)
    expect(found.targets.length - unmeasured.length).toBeGreaterThanOrEqual(10)
  })

  it('--only measures one part, prints Markdown, and reports a missing Python', () => {
    const { stdout, stderr, status } = bench('--quick', '--only', 'preview', '--rounds', '1')
    expect({ status, said: status ? stderr : '' }).toEqual({ status: 0, said: '' })
    expect(stdout.match(/^### .*/gm)).toEqual(['### Targets', '### The preview'])
    expect(stdout).toContain(`**Not measured: Python peers** (${NO_PYTHON}: `)
  })

  it.each([
    [['--only', 'everything'], 'Unknown part "everything"'],
    [['--rounds', '0'], '--rounds must be a whole number'],
    [['--write-docs', '--quick'], '--write-docs requires a full run'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j prints the error and the usage', (args, message) => {
    const { stdout, stderr, status } = bench(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: npm run bench')
    expect(stdout).toBe('')
  })
})

describe('startPython()', () => {
  it('tries only FIRESIGHT_BENCH_PYTHON, and returns its error', async () => {
    // Node starts, but cannot run Python code.
    expect(await startPython({ FIRESIGHT_BENCH_PYTHON: process.execPath })).toEqual({
      absent: expect.stringMatching(/node.*: .*/),
    })
  })
})
