import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from '../../tools/paths.ts'

const GENERATED =
  /(^|\/)(node_modules|dist|package|artifacts|coverage|\.cache|\.git|\.astro|site\/src\/content)$/

/** The Markdown files of the repository, and llms.txt, as paths from its root. */
export function markdownFiles(): string[] {
  const exclude = (path: string) => GENERATED.test(path)
  return globSync(['**/*.md', '.*/**/*.md', 'llms.txt'], { cwd: root, exclude }).toSorted()
}

/** Links to this repository by its address are checked as links from its root. */
const OWN_ADDRESS =
  /^https:\/\/(?:github|raw\.githubusercontent)\.com\/firesight-dev\/firesight\/(?:(?:blob|tree|raw)\/)?HEAD\/(.*)$/

/** A link that does not lead to a file of the repository, or to a heading in it. */
export type BrokenLink = { file: string; link: string; reason: string }

/** Checks the links of a Markdown file to other files and to headings. Links to other addresses are not checked. */
export function brokenLinks(file: string, text = readFileSync(join(root, file), 'utf8')): BrokenLink[] {
  return linksOf(text).flatMap((link) => {
    const reason = problemOf(link, file, text)
    return reason ? [{ file, link, reason }] : []
  })
}

function problemOf(link: string, file: string, text: string): string | undefined {
  const own = OWN_ADDRESS.exec(link)
  if (!own && /^[a-z][a-z+.-]*:/i.test(link)) return undefined
  const [path = '', anchor] = (own ? own[1]! : link).split('#')
  const target = path === '' ? join(root, file) : resolve(root, own ? '' : dirname(file), decodeURI(path))
  if (relative(root, target).startsWith('..')) return 'leads out of the repository'
  if (!existsSync(target)) return 'does not exist'
  if (anchor === undefined) return undefined
  if (!target.endsWith('.md'))
    return /^L\d+(-L\d+)?$/.test(anchor) ? undefined : 'a heading of a file that has none'
  const content = path === '' ? text : readFileSync(target, 'utf8')
  return anchorsOf(content).has(anchor) ? undefined : 'no such heading'
}

/** Text of code has no links and no headings. */
const withoutCode = (text: string) => text.replaceAll(/^( *)(```+|~~~+).*\n[\s\S]*?^\1\2 *$/gm, '')

function linksOf(text: string): string[] {
  const prose = withoutCode(text).replaceAll(/`[^`\n]*`/g, '')
  const patterns = [
    /\]\(<?([^)\s>]+)>?[^)]*\)/g,
    /^\[[^\]]+\]: <?(\S+?)>?$/gm,
    /<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"/g,
  ]
  return patterns.flatMap((pattern) => Array.from(prose.matchAll(pattern), ([, link]) => link!))
}

/** The anchors that GitHub makes from headings, and explicit ones. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  const prose = withoutCode(text)
  for (const [, heading] of prose.matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)) {
    const shown = heading!.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    const slug = shown
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  for (const [, anchor] of prose.matchAll(/<a\b[^>]*?\b(?:id|name)="([^"]+)"/g)) anchors.add(anchor!)
  return anchors
}

/** Mentions of pages in source files, such as "docs/errors.md", that do not exist. */
export function brokenMentions(): BrokenLink[] {
  const exclude = (path: string) => GENERATED.test(path)
  const files = globSync(['**/*.{ts,tsx,mjs,sh,rules,yml}', '.ci/*', '.github/**/*.yml'], {
    cwd: root,
    exclude,
  })
  return files.flatMap((file) => {
    if (!statSync(join(root, file)).isFile()) return []
    const text = readFileSync(join(root, file), 'utf8')
    const mentions = Array.from(text.matchAll(/(?<![\w/.-])docs\/[\w./-]+\.(?:md|json)\b/g), ([path]) => path)
    return mentions
      .filter((path) => !existsSync(join(root, path)))
      .map((link) => ({ file, link, reason: 'does not exist' }))
  })
}
