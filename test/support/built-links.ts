import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The links and images of a built site that lead to no file, or to no element of a page. */
export function deadLinks(dist: string): string[] {
  const html = new Map(
    globSync('**/*.html', { cwd: dist }).map((page) => [page, readFileSync(join(dist, page), 'utf8')]),
  )
  const ids = new Map(
    Array.from(html, ([page, text]) => [
      page,
      new Set(Array.from(text.matchAll(/\s(?:id|name)="([^"]*)"/g), ([, id]) => id!)),
    ]),
  )
  return Array.from(html).flatMap(([page, text]) => {
    const links = Array.from(
      text.matchAll(/<(?:a|img|script|link)\b[^>]*?\s(?:href|src)="([^"]*)"/g),
      ([, link]) => link!.replaceAll('&amp;', '&'),
    )
    return [...new Set(links)]
      .filter((link) => !/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#')
        const target = path === '' ? page : targetOf(path, page)
        if (!existsSync(join(dist, target))) return true
        return anchor !== undefined && anchor !== '' && !ids.get(target)?.has(decodeURIComponent(anchor))
      })
      .map((link) => `${page}: ${link}`)
  })
}

function targetOf(path: string, page: string): string {
  const absolute = posix.join('/', path.startsWith('/') ? '' : posix.dirname(page), path).slice(1)
  return absolute === '' || absolute.endsWith('/') ? `${absolute}index.html` : absolute
}
