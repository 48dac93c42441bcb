import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../../tools/paths.ts'
import { anchorsOf, brokenLinks, brokenMentions, markdownFiles } from '../support/markdown-links.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('links of the documentation', () => {
  it('lead to files and headings that exist', () => {
    const files = markdownFiles()
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'docs/api.md', 'llms.txt', '.changeset/README.md']),
    )
    expect(files.flatMap((file) => brokenLinks(file))).toEqual([])
  })

  it('mentions of pages in source files name files that exist', () => {
    expect(brokenMentions()).toEqual([])
  })

  it.each([
    ['[a](missing.md)', 'does not exist'],
    ['[a](errors.md#no-such-heading)', 'no such heading'],
    ['[a](#no-such-heading)', 'no such heading'],
    ['![a](images/missing.png)', 'does not exist'],
    ['[a]: missing.md', 'does not exist'],
    ['<img src="missing.png">', 'does not exist'],
    ['[a](../../elsewhere.md)', 'leads out of the repository'],
    ['[a](../package.json#scripts)', 'a heading of a file that has none'],
    ['[a](https://github.com/firesight-dev/firesight/blob/HEAD/docs/missing.md)', 'does not exist'],
  ])('%s is reported: %s', (text, reason) => {
    expect(brokenLinks('docs/api.md', text).map((found) => found.reason)).toEqual([reason])
  })

  it.each([
    '[a](errors.md#final-statuses)',
    '[a](#own)\n\n## Own',
    '[a](../functions/src/errors.ts#L1)',
    '[a](https://example.com/x#y)',
    '`[a](missing.md)`',
    '```md\n[a](missing.md)\n```',
  ])('%s is accepted', (text) => {
    expect(brokenLinks('docs/api.md', text)).toEqual([])
  })

  it('anchors are those of GitHub', () => {
    const text = '# A `b_c`: d & e\n\n## Same\n\n## Same\n\n### [Link](x.md) é!\n\n<a id="own"></a>'
    expect([...anchorsOf(text)]).toEqual(['a-b_c-d--e', 'same', 'same-1', 'link-é', 'own'])
  })
})

describe('llms.txt', () => {
  it('has the form of llmstxt.org', () => {
    const [title, , summary, ...rest] = read('llms.txt').split('\n')
    expect(title).toBe('# Firesight')
    expect(summary).toMatch(/^> /)
    const lists = rest
      .join('\n')
      .split(/^## .+$/m)
      .slice(1)
    const entries = lists.flatMap((list) => list.trim().split('\n'))
    expect(entries.filter((line) => !/^- \[[^\]]+\]\(https:\/\/[^)]+\)(: .+)?$/.test(line))).toEqual([])
  })

  it('lists every page of docs/', () => {
    const text = read('llms.txt')
    const pages = globSync('docs/{,guides/}*.md', { cwd: root })
    expect(pages.filter((page) => !text.includes(`/HEAD/${page})`))).toEqual([])
  })
})

describe('skills', () => {
  /** https://agentskills.io/specification, 2026-11 */
  const frontmatter = z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .max(64),
    description: z.string().min(1).max(1024),
    license: z.string().optional(),
    compatibility: z.string().min(1).max(500).optional(),
    metadata: z.record(z.string(), z.string()).optional(),
  })

  it.each(globSync('skills/*/SKILL.md', { cwd: root }))('%s has the form of Agent Skills', (file) => {
    const [, yaml, body] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(read(file))!
    expect(frontmatter.parse(parse(yaml!)).name).toBe(basename(dirname(file)))
    expect(body!.split('\n').length).toBeLessThan(500)
    const references = globSync('references/*.md', { cwd: join(root, dirname(file)) })
    expect(references.filter((path) => !body!.includes(`](${path})`))).toEqual([])
    // A skill is copied without this repository, so its relative links stay inside it.
    expect(Array.from(body!.matchAll(/\]\((\.\.\/[^)]*)\)/g))).toEqual([])
    expect(existsSync(join(root, dirname(file), 'references'))).toBe(true)
  })
})
