import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.ts'

const MARKED = /(<!-- example: ([\w/-]+) -->\n)[\s\S]*?(<!-- end -->)/g

/** Replaces the examples of a page with the files in docs/examples, which are compiled and tested. */
export function withExamples(page: string): string {
  return page.replaceAll(MARKED, (_, start: string, name: string, end: string) => {
    const code = readFileSync(join(root, 'docs/examples', `${name}.ts`), 'utf8')
    return `${start}\n\`\`\`ts\n${code}\`\`\`\n\n${end}`
  })
}
