import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withAccessibleNames, withExternalScripts } from '../../../site/finish-pages.ts'
import { GROUPS, slugOf } from '../../../site/pages.ts'
import { copyAgain } from '../../../site/prepare.ts'
import { renderPage } from '../../../site/render-page.ts'
import { root } from '../../../tools/paths.ts'

const entries = GROUPS.flatMap((group) => group.entries)
const render = (text: string, file = 'docs/api.md') =>
  renderPage(file, `# Title\n\n${text}`, (path) => path === 'web')
    .split('---\n')
    .slice(2)
    .join('---\n')
    .trim()

describe('pages of the documentation site', () => {
  it('the sidebar has every page of docs/, except single decisions', () => {
    const pages = globSync('docs/**/*.md', { cwd: root }).filter((file) => !/^docs\/decisions\/\d/.test(file))
    const files = entries.map(({ file }) => file)
    expect(pages.filter((file) => !files.includes(file))).toEqual([])
    expect(new Set(files).size).toBe(files.length)
  })

  it('each page has an address of its own', () => {
    const slugs = entries.map(({ file }) => slugOf(file))
    expect(slugs).not.toContain(undefined)
    expect(new Set(slugs).size).toBe(slugs.length)
  })
})

describe('copyAgain()', () => {
  it('removes files that the source no longer has, and leaves Markdown out', () => {
    const folder = mkdtempSync(join(tmpdir(), 'site-test-'))
    const [from, to] = [join(folder, 'from'), join(folder, 'to')]
    mkdirSync(from)
    mkdirSync(to)
    for (const file of ['from/new.png', 'from/README.md', 'to/old.png']) writeFileSync(join(folder, file), '')
    copyAgain(from, to)
    expect(readdirSync(to)).toEqual(['new.png'])
  })
})

describe('the page Add to your project', () => {
  const page = readFileSync(join(root, 'docs/add-to-your-project.md'), 'utf8')
  const [ways] = page.split('## If it fails')
  const commands = Array.from(ways!.matchAll(/^```sh\n([\s\S]*?)^```/gm)).flatMap(([, block]) =>
    block!.split('\n').filter((line) => line !== ''),
  )

  it('has at most eight commands in each way, each with its number', () => {
    const numbers = commands.map((line) => /^# (\d)\. \w/.exec(line)?.[1])
    // Every second line is a command.
    expect(numbers.filter((number, index) => (index % 2 === 0) !== (number !== undefined))).toEqual([])
    expect(numbers.flatMap((number) => number ?? []).join('')).toBe(
      '123456 12345 1234567 12345 78'.replaceAll(' ', ''),
    )
  })
})

describe('renderPage()', () => {
  it('takes title and description from the text', () => {
    const text = '# The `document`\n\n<!-- note -->\nOne [document](x.md) for\neach photo.\n'
    expect(renderPage('docs/document.md', text, () => false)).toBe(
      '---\ntitle: "The document"\ndescription: "One document for each photo."\n' +
        'editUrl: "https://github.com/firesight-dev/firesight/edit/HEAD/docs/document.md"\n---\n' +
        '\nOne [document](/x/) for\neach photo.\n',
    )
  })

  it('refuses a file without a title', () => {
    expect(() => renderPage('docs/api.md', 'Text', () => false)).toThrow(
      'Cannot render docs/api.md: the first line is not a heading',
    )
  })

  it.each([
    ['[a](errors.md)', '[a](/errors/)'],
    ['[a](errors.md#codes)', '[a](/errors/#codes)'],
    ['[a](#codes)', '[a](#codes)'],
    ['[`a`](guides/classify.md)', '[`a`](/guides/classify/)'],
    ['[a](decisions)', '[a](/decisions/)'],
    ['[a](decisions/2026-11-22-calls.md)', '[a](/decisions/2026-11-22-calls/)'],
    ['[a](../client/README.md#errors)', '[a](/client-library/#errors)'],
    ['[a](schemas/annotation.json)', '[a](/schemas/annotation.json)'],
    ['![a](images/page.png)', '![a](/images/page.png)'],
    ['[a](../storage.rules)', '[a](https://github.com/firesight-dev/firesight/blob/HEAD/storage.rules)'],
    ['[a](../web)', '[a](https://github.com/firesight-dev/firesight/tree/HEAD/web)'],
    ['[a](https://github.com/firesight-dev/firesight/blob/HEAD/docs/quota.md)', '[a](/quota/)'],
    ['[a](https://example.com/a.md)', '[a](https://example.com/a.md)'],
    ['[a]: errors.md', '[a]: /errors/'],
    ['<img src="images/page.png">', '<img src="/images/page.png">'],
  ])('%s becomes %s', (text, expected) => {
    expect(render(text)).toBe(expected)
  })

  it('resolves links of guides from their folder', () => {
    expect(render('[a](../errors.md) [b](classify.md)', 'docs/guides/ask-questions.md')).toBe(
      '[a](/errors/) [b](/guides/classify/)',
    )
  })

  it.each(['`[a](errors.md)`', '```md\n[a](errors.md)\n<!-- comment -->\n```'])(
    'leaves code as it is: %s',
    (text) => {
      expect(render(text)).toBe(text)
    },
  )
})

describe('finished pages', () => {
  it('have no inline scripts', () => {
    const stored: string[] = []
    const html = '<script>a()</script><script type="module">b()</script><script src="/c.js"></script>'
    const store = (code: string) => `/${stored.push(code)}.js`
    expect(withExternalScripts(html, store)).toBe(
      '<script src="/1.js"></script><script type="module" src="/2.js"></script><script src="/c.js"></script>',
    )
    expect(stored).toEqual(['a()', 'b()'])
  })

  it('have tables that the keyboard can scroll, and no empty header cells', () => {
    expect(withAccessibleNames('<table><th></th></table>')).toBe(
      '<div class="table" tabindex="0" role="group" aria-label="Table 1"><table><td></td></table></div>',
    )
  })
})
