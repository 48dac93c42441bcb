import type { Page, Request } from 'playwright-core'

type Shift = { at: number; value: number; moved: string[] }
type Vitals = { lcpMs: number; shifts: Shift[] }

/** Measured in the page from its start. Install with `page.addInitScript`. */
export function observeVitals(): void {
  const vitals: Vitals = { lcpMs: 0, shifts: [] }
  ;(globalThis as { vitals?: Vitals }).vitals = vitals
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) vitals.lcpMs = startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  type LayoutShift = PerformanceEntry & {
    value: number
    hadRecentInput: boolean
    sources: { node: Node | null }[]
  }
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries() as LayoutShift[]) {
      if (shift.hadRecentInput) continue
      const moved = shift.sources.map(({ node }) => (node instanceof Element ? node.className : ''))
      vitals.shifts.push({ at: shift.startTime, value: shift.value, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Largest contentful paint, cumulative layout shift, and the shifts. */
export async function readVitals(page: Page): Promise<{ lcpMs: number; cls: number; shifts: Shift[] }> {
  const { lcpMs, shifts } = await page.evaluate(() => (globalThis as unknown as { vitals: Vitals }).vitals)
  return { lcpMs, cls: cumulativeShift(shifts), shifts }
}

/** The largest sum within a window of at most 5 s without pauses of 1 s. https://web.dev/articles/cls, 2026-11 */
function cumulativeShift(shifts: readonly Shift[]): number {
  let [largest, sum, start, last] = [0, 0, 0, Number.NEGATIVE_INFINITY]
  for (const { at, value } of shifts) {
    if (at - last > 1000 || at - start > 5000) {
      sum = 0
      start = at
    }
    last = at
    sum += value
    largest = Math.max(largest, sum)
  }
  return largest
}

export type Traffic = { code: number; pictures: number; api: number; scripts: string[] }

/** Counts the bytes that a page receives, compressed and with headers, until `stop`. */
export function countTraffic(page: Page): { settled: () => Promise<void>; stop: () => Promise<Traffic> } {
  const finished: Request[] = []
  let last = Date.now()
  const note = (request: Request) => {
    finished.push(request)
    last = Date.now()
  }
  const arrived = () => {
    last = Date.now()
  }
  page.on('requestfinished', note)
  page.on('response', arrived)
  return {
    // Not "networkidle": the stream of Firestore never ends.
    settled: async () => {
      while (Date.now() - last < 1500) await new Promise((resolve) => setTimeout(resolve, 100))
    },
    stop: async () => {
      page.off('requestfinished', note)
      page.off('response', arrived)
      const traffic: Traffic = { code: 0, pictures: 0, api: 0, scripts: [] }
      for (const request of finished) {
        const url = new URL(request.url())
        if (!url.protocol.startsWith('http')) continue
        const { responseBodySize, responseHeadersSize } = await request.sizes()
        const kind = request.resourceType()
        const isPage = ['document', 'script', 'stylesheet'].includes(kind)
        traffic[isPage ? 'code' : kind === 'image' ? 'pictures' : 'api'] +=
          responseBodySize + responseHeadersSize
        if (kind === 'script') traffic.scripts.push(url.pathname)
      }
      return traffic
    },
  }
}
