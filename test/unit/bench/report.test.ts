import { describe, expect, it } from 'vitest'
import type { Measurement } from '../../../bench/measure/rounds.ts'
import { summarise } from '../../../bench/measure/statistics.ts'
import { EMPTY_PNG, LAYER, layerId } from '../../../bench/parts/layer-cases.ts'
import { FULL, QUICK } from '../../../bench/plan.ts'
import { renderCell, renderReport } from '../../../bench/report.ts'
import type { Bench } from '../../../bench/run.ts'
import { judgeTargets } from '../../../bench/targets.ts'
import { replaceReport } from '../../../bench/write-docs.ts'

const EMPTY_PNG_TARGET = 'layer ÷ libvips encoding an empty RGBA PNG'

describe('judgeTargets()', () => {
  /** Samples of 10, 20 and 30 for the usual layer, and of `floor` for the empty PNG. */
  const layers = (plan: typeof FULL, floor: number): Map<string, Measurement[]> =>
    new Map([
      [
        'layer',
        [
          { id: layerId(LAYER, plan.sizes[1], plan.usualCount), unit: 'ms', samples: [10, 20, 30] },
          { id: layerId(LAYER, plan.sizes[1], plan.counts[0]!), unit: 'ms', samples: [2, 2, 2] },
          { id: layerId(LAYER, plan.sizes[1], plan.counts.at(-1)!), unit: 'ms', samples: [51, 100, 51] },
          { id: layerId(EMPTY_PNG, plan.sizes[1], 0), unit: 'ms', samples: [floor, floor, floor] },
        ],
      ],
    ])
  const judge = (name: string, plan = FULL, floor = 40) =>
    judgeTargets(layers(plan, floor), plan).find((target) => target.name.startsWith(name))

  it('compares the median, not the best or worst round', () => {
    expect(judge(EMPTY_PNG_TARGET)).toMatchObject({ met: true, measured: { median: 0.5, max: 0.75 } })
    expect(judge(EMPTY_PNG_TARGET, FULL, 30)).toMatchObject({ met: false, measured: { min: 1 / 3 } })
  })

  it('computes the cost of each additional mask, in milliseconds and relative to the floor', () => {
    expect(judge('layer, each further mask (1 → 50)')).toMatchObject({
      met: false,
      measured: { median: 1 },
      remark: '0.025 × the empty RGBA PNG',
    })
  })

  it('does not judge targets that were not measured', () => {
    const target = judge('Pillow doing the same layer')
    expect(target).toMatchObject({ bound: 'at least', limit: 6 })
    expect(target).not.toHaveProperty('measured')
    expect(target).not.toHaveProperty('met')
  })

  it('does not judge a quick run', () => {
    expect(judge(EMPTY_PNG_TARGET, QUICK)).toMatchObject({ measured: { median: 0.5 } })
    expect(judge(EMPTY_PNG_TARGET, QUICK)).not.toHaveProperty('met')
  })
})

describe('renderCell()', () => {
  it.each([
    [[1, 2, 9], 'times', '2.00× (1.00–9.00)'],
    [[0.012, 0.02, 150], 'ms', '0.020 ms (0.012–150)'],
    [[99.94, 103.2, 110.6], 'MiB', '103 MiB (99.9–111)'],
    [[5_200_000], 'bytes', '5.20 MB'],
  ] as const)('writes %j %s with its spread', (samples, unit, text) => {
    expect(renderCell({ unit, summary: summarise(samples) })).toBe(text)
  })
})

const BENCH: Bench = {
  date: '2026-11-22',
  plan: 'full',
  rounds: 7,
  seed: 42,
  machine: { processor: 'Abacus', cores: 2, memoryGiB: 24, platform: 'linux x64' },
  versions: { Node: '24.21.0', Pillow: '9.4.0' },
  missing: { supervision: "No module named 'supervision'" },
  parts: [
    {
      name: 'layer',
      title: 'Overlay and masks',
      seconds: 12,
      load: [0.5, 1.25],
      notes: ['What it is.'],
      measurements: [{ id: 'a peer', unit: 'ms', samples: [], failure: 'out of memory' }],
      tables: [
        {
          title: 'Time',
          columns: ['12 MP'],
          rows: [{ name: 'ours', cells: [{ unit: 'ms', summary: summarise([1, 2, 3]) }] }],
        },
      ],
    },
  ],
  targets: [
    { name: 'fast', bound: 'at most', limit: 2, unit: 'ms', measured: summarise([3]), met: false },
    { name: 'small', bound: 'at most', limit: 5, unit: 'MiB', measured: summarise([4]), met: true },
    { name: 'unknown', bound: 'at least', limit: 6, unit: 'times' },
  ],
}

describe('renderReport()', () => {
  const report = renderReport(BENCH)

  it('contains date, machine, versions, seed and load', () => {
    expect(report).toContain('2026-11-22, Abacus (2 cores, 24 GiB), linux x64. Node 24.21.0, Pillow 9.4.0.')
    expect(report).toContain('7 rounds, seed 42.')
    expect(report).toContain('load average 0.5 before, 1.3 after')
  })

  it('contains missing and failed peers', () => {
    expect(report).toContain("**Not measured: supervision** (No module named 'supervision').")
    expect(report).toContain('**Failed: a peer** (out of memory).')
  })

  it('has a Markdown row for each target and each figure', () => {
    expect(report).toContain('| fast | ≤ 2.00 ms | 3.00 ms | **no** |')
    expect(report).toContain('| small | ≤ 5.00 MiB | 4.00 MiB | yes |')
    expect(report).toContain('| unknown | ≥ 6.00× | not measured |  |')
    expect(report).toContain('Time:\n\n|  | 12 MP |\n| --- | --: |\n| ours | 2.00 ms (1.00–3.00) |')
  })

  it('marks a quick run', () => {
    expect(report).not.toContain('A quick run')
    expect(renderReport({ ...BENCH, plan: 'quick' })).toContain('A quick run')
  })
})

describe('replaceReport()', () => {
  it('replaces only the text between the markers', () => {
    const page = 'before\n<!-- bench:begin -->\nold $1\n<!-- bench:end -->\nafter'
    expect(replaceReport(page, 'new $1')).toBe(
      'before\n<!-- bench:begin -->\n\nnew $1\n\n<!-- bench:end -->\nafter',
    )
  })

  it('throws for a page without markers', () => {
    expect(() => replaceReport('a page', 'new')).toThrow('no markers')
  })
})
