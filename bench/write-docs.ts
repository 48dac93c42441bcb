import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../tools/paths.ts'

export const PAGE = join(root, 'docs/performance.md')

const MARKED = /(<!-- bench:begin -->\n)[\s\S]*?(<!-- bench:end -->)/

/** Replaces the report between the markers of a page. @throws Error if the markers are missing */
export function replaceReport(page: string, report: string): string {
  if (!MARKED.test(page)) throw new Error('Cannot write the report: the page has no markers')
  return page.replace(MARKED, (_, begin: string, end: string) => `${begin}\n${report}\n\n${end}`)
}

export function writeDocs(report: string): void {
  writeFileSync(PAGE, replaceReport(readFileSync(PAGE, 'utf8'), report))
}
