// Writes the pages of the site from the Markdown of the repository: to src/content/docs, and to public/ the
// files that they link. Both are generated folders.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GROUPS, slugOf } from './pages.ts'
import { renderBody, renderPage } from './render-page.ts'

const site = import.meta.dirname
const root = join(site, '..')

/** The Markdown files that are pages: those of the sidebar, and the decisions. */
export function pageFiles(): string[] {
  const listed = GROUPS.flatMap(({ entries }) => entries.map(({ file }) => file))
  return [...new Set([...listed, ...globSync('docs/decisions/*.md', { cwd: root })])]
}

/** A table of all decisions, newest first. On GitHub, the folder itself lists its files. */
function listOfDecisions(): string {
  const folder = join(root, 'docs/decisions')
  const rows = globSync('2*.md', { cwd: folder })
    .toSorted()
    .toReversed()
    .map((file) => {
      const [, title] = /^# (?:\d{4}-\d\d-\d\d: )?(.+)$/m.exec(readFileSync(join(folder, file), 'utf8')) ?? []
      return `| ${file.slice(0, 10)} | [${title}](${file}) |`
    })
  return `\n| Date | Decision |\n| --- | --- |\n${rows.join('\n')}\n`
}

/** Writes all pages again. */
export function prepare(): void {
  const content = join(site, 'src/content/docs')
  rmSync(content, { recursive: true, force: true })
  const isFolder = (path: string) =>
    statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false
  for (const file of pageFiles()) {
    const target = join(content, `${slugOf(file)}.md`)
    mkdirSync(dirname(target), { recursive: true })
    const text = readFileSync(join(root, file), 'utf8')
    const list = file === 'docs/decisions/README.md' ? listOfDecisions() : ''
    writeFileSync(target, renderPage(file, text + list, isFolder))
  }
  const landing = readFileSync(join(site, 'landing.md'), 'utf8')
  writeFileSync(join(content, 'index.md'), renderBody('site/landing.md', landing, isFolder))
  copyAgain(join(root, 'docs/images'), join(site, 'public/images'))
  copyAgain(join(root, 'docs/schemas'), join(site, 'public/schemas'))
}

/** Copies a folder without its Markdown files. Files of an earlier copy go: the site would publish them. */
export function copyAgain(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.md') })
}
