// `npm run docs:pictures`: takes the pictures of the README from the running page.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { launchBrowser } from '../../test/support/browser.ts'
import { startEverything } from '../everything.ts'
import { listenForInterruption } from '../interruption.ts'
import { root } from '../paths.ts'
import { takeScreenshots } from './screenshots.ts'
import { recordTour } from './tour.ts'
import { warmUp } from './visit.ts'

const HELP = `Usage: npm run docs:pictures [-- options]

Writes docs/images/page.png, page-dark.png and tour.webp: starts everything, opens the page in Chromium, and uses it.

  --page <address>  use a page that runs already, with the local Gemini API: http://127.0.0.1:5173
  --out <folder>    another folder (default: docs/images)
  --only <name>     screenshots or tour
  --help            show this help`

/** A larger file makes the README slow. */
const MAX_TOUR_BYTES = 2_000_000

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      page: { type: 'string' },
      out: { type: 'string', default: join(root, 'docs/images') },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { page, out, only, help } = values
  if (help) {
    console.log(HELP)
    return
  }
  if (only !== undefined && only !== 'screenshots' && only !== 'tour')
    throw new Error(`--only is ${only}: expected screenshots or tour`)
  if (page) return takeAll(page, out, only)
  await using everything = await startEverything({
    parameters: { MASK_POINTS: '60' }, // As with `npm start`.
    log: (line) => console.log(line),
    onLine: () => undefined,
    interruption: listenForInterruption(),
  })
  if (!everything.pageUrl) throw new Error('Cannot take pictures: there is no page')
  await takeAll(everything.pageUrl, out, only)
}

async function takeAll(url: string, out: string, only: string | undefined): Promise<void> {
  mkdirSync(out, { recursive: true })
  const write = (name: string, bytes: Buffer) => {
    writeFileSync(join(out, name), bytes)
    console.log(`${relative(process.cwd(), join(out, name))}: ${Math.round(bytes.length / 1000)} kB`)
  }
  const browser = await launchBrowser()
  try {
    // The first photo starts the functions, which takes seconds that no user of a running system sees.
    await warmUp(browser, url)
    if (only !== 'tour') for (const [name, bytes] of await takeScreenshots(browser, url)) write(name, bytes)
    if (only !== 'screenshots') {
      const tour = await recordTour(browser, url)
      if (tour.length > MAX_TOUR_BYTES)
        throw new Error(
          `The tour has ${tour.length} bytes, the limit is ${MAX_TOUR_BYTES}: record fewer frames`,
        )
      write('tour.webp', tour)
    }
  } finally {
    await browser.close()
  }
}

await main()
