import { posix } from 'node:path'
import { REPOSITORY, slugOf } from './pages.ts'

/** Links to this repository by its address are treated as links to its files. */
const OWN_ADDRESS =
  /^https:\/\/(?:github|raw\.githubusercontent)\.com\/firesight-dev\/firesight\/(?:(?:blob|tree|raw)\/)?HEAD\/(.*)$/

/**
 * The source of a page of the site for a Markdown file of the repository: the first heading becomes the title
 * of the page, and links lead to pages of the site, or to the repository.
 * @param isFolder whether a path of the repository is a folder
 * @throws Error if the file does not begin with a heading
 */
export function renderPage(file: string, text: string, isFolder: (path: string) => boolean): string {
  const [, heading, body = ''] = /^# (.+)\n([\s\S]*)$/.exec(text) ?? []
  if (!heading)
    throw new Error(`Cannot render ${file}: the first line is not a heading of the form "# Title"`)
  const frontmatter = {
    title: plainText(heading),
    description: descriptionOf(body),
    editUrl: `${REPOSITORY}/edit/HEAD/${file}`,
  }
  const yaml = Object.entries(frontmatter).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const content = renderBody(file, body, isFolder)
  return `---\n${yaml.join('\n')}\n---\n${content}`
}

/** The text of a page without comments, and with links that work on the site. */
export function renderBody(file: string, body: string, isFolder: (path: string) => boolean): string {
  return outsideCode(body, (prose) => withLinks(withoutComments(prose), file, isFolder))
}

const withoutComments = (text: string) => text.replaceAll(/<!--[\s\S]*?-->\n?/g, '')

/** Markdown without links, code marks and emphasis. */
function plainText(markdown: string): string {
  return markdown.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '')
}

/** The first paragraph, up to the sentence that passes 150 characters. */
function descriptionOf(body: string): string {
  const paragraphs = withoutComments(body)
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
  const first = paragraphs.find((paragraph) => /^[\p{L}`*[]/u.test(paragraph)) ?? ''
  const text = plainText(first).replaceAll(/\s+/g, ' ')
  return text.length <= 150 ? text : `${text.slice(0, 150).replace(/\s+\S*$/, '')} ...`
}

/** Applies a change to the text that is not code. */
function outsideCode(text: string, change: (prose: string) => string): string {
  const code = /^( *)(```+|~~~+).*\n[\s\S]*?^\1\2 *$/gm
  let result = ''
  let end = 0
  for (const match of text.matchAll(code)) {
    result += change(text.slice(end, match.index)) + match[0]
    end = match.index + match[0].length
  }
  return result + change(text.slice(end))
}

function withLinks(prose: string, file: string, isFolder: (path: string) => boolean): string {
  const target = (link: string) => addressOf(link, file, isFolder)
  return prose
    .split(/(`[^`\n]*`)/)
    .map((part, index) => {
      // Every second part is inline code. A link whose text is code spans three parts.
      if (index % 2 === 1) return part
      return part
        .replaceAll(/\]\((<?)([^)\s>]+)/g, (_, open: string, link: string) => `](${open}${target(link)}`)
        .replaceAll(
          /^(\[[^\]]+\]: <?)(\S+?)(>?)$/gm,
          (_, start: string, link: string, close: string) => `${start}${target(link)}${close}`,
        )
        .replaceAll(
          /(<(?:a|img)\b[^>]*?\b(?:href|src)=")([^"]+)/g,
          (_, start: string, link: string) => `${start}${target(link)}`,
        )
    })
    .join('')
}

/** Where a link of a file leads on the site. */
function addressOf(link: string, file: string, isFolder: (path: string) => boolean): string {
  const own = OWN_ADDRESS.exec(link)
  if (!own && (/^[a-z][a-z+.-]*:/i.test(link) || link.startsWith('#'))) return link
  const [path = '', anchor] = (own ? own[1]! : link).split('#')
  const target = posix.join(own ? '' : posix.dirname(file), decodeURI(path)).replace(/\/$/, '')
  const suffix = anchor === undefined ? '' : `#${anchor}`
  const slug = slugOf(target) ?? slugOf(`${target}/README.md`)
  if (slug) return `/${slug}/${suffix}`
  const asset = /^docs\/((?:images|schemas)\/[\w.-]+)$/.exec(target)?.[1]
  if (asset) return `/${asset}`
  return `${REPOSITORY}/${isFolder(target) ? 'tree' : 'blob'}/HEAD/${target}${suffix}`
}
