import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { readDocument } from '../support/admin.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage } from './firesight-page.ts'

export type Box = { x: number; y: number; width: number; height: number }
export type Stored = {
  name: string
  caption: string
  altText: string
  objects: { label: string; box: Box; mask: { path: string } }[]
  overlay: { path: string }
}

let browser: Browser
let imageId: string
/* The photo, the page that shows it, and its document, for `useExportDialog`. */
export let visit: FiresightPage
export let png: Buffer
export let stored: Stored

/** The tests of a file share an annotated photo. Each test starts with the open dialog. */
export function useExportDialog(): void {
  beforeAll(async () => {
    ;({ png } = await drawScene(OWN_SHAPES))
    browser = await launchBrowser()
    await gemini.reset()
    visit = await FiresightPage.open(browser, async (context) =>
      context.grantPermissions(['clipboard-read', 'clipboard-write']),
    )
    await visit.annotate(png)
    imageId = visit.imageId
    stored = (await readDocument(imageId)) as Stored
  })
  beforeEach(async () => open())
  afterAll(async () => {
    await visit?.close()
    await browser?.close()
  })
}

export const dialog = () => visit.page.getByRole('dialog', { name: 'Export' })
export const button = (name: string) => dialog().getByRole('button', { name, exact: true })
export const clipboard = async () => visit.page.evaluate(async () => navigator.clipboard.readText())

/** Opens the dialog for the stored photo, which the page has not as a local file. */
export async function open(id = imageId): Promise<void> {
  await visit.show(id)
  await visit.page.getByRole('button', { name: 'Export' }).click()
  await dialog().waitFor()
}

export async function download(name: string): Promise<{ fileName: string; bytes: Buffer }> {
  const started = visit.page.waitForEvent('download')
  await button(name).click()
  const file = await started
  const bytes = readFileSync(await file.path())
  await dialog().getByText(`Downloaded ${file.suggestedFilename()}.`).waitFor()
  return { fileName: file.suggestedFilename(), bytes }
}
