// Changes of the built pages for which Starlight has no option (0.42, 2026-11).
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const INLINE_SCRIPT = /<script(?![^>]*\bsrc=)([^>]*)>([\s\S]*?)<\/script>/g

/**
 * Replaces each inline script of a page by a script with an address, which `store` returns for its code: the
 * Content-Security-Policy of firebase.json allows no inline scripts.
 */
export function withExternalScripts(html: string, store: (code: string) => string): string {
  return html.replaceAll(INLINE_SCRIPT, (script, attributes: string, code: string) => {
    if (code.trim() === '' || attributes.includes('type="application/')) return script
    return `<script${attributes} src="${store(code)}"></script>`
  })
}

/** Names what axe requires: scrollable tables and code, the empty header cell of a table, the search button. */
export function withAccessibleNames(html: string): string {
  let tables = 0
  let codes = 0
  return html
    .replaceAll('<th></th>', '<td></td>')
    .replaceAll(
      '<table>',
      () => `<div class="table" tabindex="0" role="group" aria-label="Table ${++tables}"><table>`,
    )
    .replaceAll('</table>', '</table></div>')
    .replaceAll('<pre data-language', () => `<pre role="group" aria-label="Code ${++codes}" data-language`)
    .replaceAll('<button data-open-modal disabled aria-label="Search"', '<button data-open-modal disabled')
    .replace(
      /(<button data-open-modal[^>]*>.*?<span class=")[^"]*(" aria-hidden="true">Search<\/span>)(<kbd )/,
      '$1search-name">Search</span>$3aria-hidden="true" ',
    )
}

/** Changes all pages of a folder. */
export function finishPages(dist: string): void {
  mkdirSync(join(dist, '_astro'), { recursive: true })
  const store = (code: string) => {
    const file = `_astro/inline.${createHash('sha256').update(code).digest('hex').slice(0, 12)}.js`
    writeFileSync(join(dist, file), code)
    return `/${file}`
  }
  for (const page of globSync('**/*.html', { cwd: dist })) {
    const path = join(dist, page)
    writeFileSync(path, withAccessibleNames(withExternalScripts(readFileSync(path, 'utf8'), store)))
  }
}
