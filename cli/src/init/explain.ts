import { STATE_COLLECTIONS } from '../../../functions/src/document/state-collections.ts'
import type { Conflict } from '../rules/conflicts.ts'
import type { Obstacle } from '../rules/merge.ts'

const SHOWN_AREAS = 3
const PRIVATE_COLLECTIONS: readonly string[] = Object.values(STATE_COLLECTIONS)

/** What stands in the way of the rules of a file, and how to fix it. One text for each problem. */
export function explainObstacle(file: string, obstacle: Obstacle): string[] {
  switch (obstacle.kind) {
    case 'conflicts':
      return obstacle.conflicts.map((conflict) => explainConflict(file, conflict))
    case 'unreadable':
      return [
        `${file}:${obstacle.line}: ${obstacle.message}.\n` +
          'Fix the file. If it is valid, use --no-rules and merge the rules yourself.',
      ]
    case 'edited':
      return [
        `${file}: the rules between "firesight:begin" and "firesight:end" were edited, or one of these lines is missing.\n` +
          'Delete the lines of Firesight, and run the command again. Put rules of your own outside of them.',
      ]
    case 'version':
      return [
        `${file} does not use version 2 of the rules, which Firesight's rules need.\n` +
          "Make rules_version = '2'; its first line. A wildcard {name=**} then also matches no segment at all:\n" +
          'https://firebase.google.com/docs/rules/rules-behavior#security_rules_version_2',
      ]
    case 'layout':
      return [obstacle.message]
  }
}

function explainConflict(file: string, { line, path, rule, effect, areas }: Conflict): string {
  const shown = areas.slice(0, SHOWN_AREAS).join(', ')
  const more = areas.length > SHOWN_AREAS ? ` and ${areas.length - SHOWN_AREAS} more` : ''
  const access = effect === 'write' ? 'write' : 'read what belongs to other users in'
  return [
    `${file}:${line}: match ${path} { ${rule} }`,
    `  lets clients ${access} ${shown}${more}.`,
    "  Rules are combined with OR, so Firesight's rules cannot restrict this one.",
    `  ${fixFor(path, areas)}`,
  ].join('\n')
}

function fixFor(path: string, areas: string[]): string {
  if (path.startsWith('/b/')) {
    return "Limit it to folders of your own. Firesight's rules let owners upload, read and delete photos, and read results."
  }
  const named = areas.find((area) => path.includes(`/${area.split('/')[0]}/`))
  if (!named) return 'Replace it by rules that name your own collections, such as match /posts/{id}.'
  if (PRIVATE_COLLECTIONS.includes(named.split('/')[0]!)) {
    return 'Delete it, or rename your collection: the functions keep their own state there.'
  }
  return (
    'Delete it: owners can read their annotations with the rules of Firesight, and only the functions write.\n' +
    '  If the collection belongs to your app, choose another one: --images-collection <name>.'
  )
}
