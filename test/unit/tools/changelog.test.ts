import { expect, it } from 'vitest'
import { releasedChangelog, releaseNotes } from '../../../tools/changelog.ts'

const CHANGELOG = `# Changelog

## Unreleased

- New.

## 0.1.0 (2026-11-30)

### Photos

- First.
`

it('releasedChangelog() moves the unreleased changes to the version', () => {
  const released = releasedChangelog(CHANGELOG, '0.2.0', '2026-12-24')
  expect(released).toContain('## Unreleased\n\n## 0.2.0 (2026-12-24)\n\n- New.\n\n## 0.1.0')
  expect(releaseNotes(released, '0.2.0')).toBe('- New.')
  expect(releaseNotes(released, '0.1.0')).toBe('### Photos\n\n- First.')
})

it.each([
  ['without unreleased changes', CHANGELOG.replace('- New.\n\n', ''), '0.2.0', /"Unreleased" .* is empty/],
  ['of a version that exists', CHANGELOG, '0.1.0', /a section of this version already/],
  ['without the section', '# Changelog\n', '0.2.0', /no section "## Unreleased"/],
])('releasedChangelog() rejects a release %s', (_, changelog, version, message) => {
  expect(() => releasedChangelog(changelog, version, '2026-12-24')).toThrow(message)
})

it('releaseNotes() rejects a version that CHANGELOG.md does not have', () => {
  expect(() => releaseNotes(CHANGELOG, '0.1')).toThrow(/no section of version 0\.1$/)
})
