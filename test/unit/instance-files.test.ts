import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

it.each(['firestore.rules', 'firestore.indexes.json'])(
  'the command of docs/instances.md renames the collection in %s completely',
  (file) => {
    const command = new RegExp(`^sed 's#(.+)#(.+)#' ${file}$`, 'm').exec(read('docs/instances.md'))
    const [, from, to] = command!
    const renamed = read(file).replaceAll(from!, to!)
    expect(renamed).toContain('pictures')
    expect(renamed).not.toMatch(/[/"]images[/"]/)
    expect(renamed.replaceAll(to!, from!)).toBe(read(file))
  },
)
