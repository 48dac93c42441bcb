import { describe, expect, it } from 'vitest'
import { pauseSwitch } from '../../../../functions/src/quota/pause-switch.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const at = (ms: number) => new Date(NOW + ms)

describe('pauseSwitch()', () => {
  it('reads once in 30 s, and again when the clock went back', async () => {
    let reads = 0
    const check = pauseSwitch(async () => {
      reads++
    })
    await Promise.all(Array.from({ length: 80 }, async () => check(at(0))))
    await check(at(29_999))
    expect(reads).toBe(1)
    await check(at(30_000))
    expect(reads).toBe(2)
    await check(at(0))
    expect(reads).toBe(3)
  })

  it('refuses everything if the read fails, and reads again at once', async () => {
    let isDown = true
    const down = new Error('scripted: the store is down')
    const check = pauseSwitch(async () => {
      if (isDown) throw down
    })
    await expect(check(at(0))).rejects.toBe(down)
    isDown = false
    await expect(check(at(1))).resolves.toBeUndefined()
  })
})
