import { createHash } from 'node:crypto'
import { look, type Sight } from './look.ts'

const MOST_REMEMBERED = 32

/** A `look` that sees the same bytes once, also when two requests bring them at the same time. */
export function rememberLooks(): (bytes: Buffer) => Promise<Sight> {
  const sights = new Map<string, Promise<Sight>>()
  return async (bytes) => {
    const digest = createHash('sha256').update(bytes).digest('hex')
    const known = sights.get(digest)
    if (known) return known
    const sight = look(bytes)
    sights.set(digest, sight)
    const oldest = sights.keys().next().value
    if (sights.size > MOST_REMEMBERED && oldest !== undefined) sights.delete(oldest)
    return sight
  }
}
