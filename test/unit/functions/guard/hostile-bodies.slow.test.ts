import { expect, it } from 'vitest'
import { attackWithBodies } from '../../../abuse/body-attack.ts'

const limits = [
  { functionName: 'describeImage', bytes: 29_900_000, heap: 1024, peak: 450 },
  { functionName: 'sweepNow', bytes: 31_500_000, heap: 256, peak: 200 },
]

it.each(limits)(
  '$functionName survives all hostile bodies and serves other calls',
  {
    timeout: 180_000,
  },
  async ({ functionName, bytes, heap, peak }) => {
    const result = await attackWithBodies(functionName, { bytes, heap })
    expect(result).toMatchObject({ failures: 0, survived: true, refused: result.attempted })
    expect(result.attempted).toBeGreaterThanOrEqual(20)
    expect(result.peakMegabytes).toBeLessThan(peak)
    expect(result.longestLogLine).toBeLessThan(66_000)
  },
)
