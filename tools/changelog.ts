// CHANGELOG.md is written by hand. Its first section, "Unreleased", becomes the section of the next version.
const UNRELEASED = '## Unreleased'

/**
 * The changelog in which the unreleased changes belong to a version.
 * @param date of the release, such as 2026-12-24
 * @throws Error if there are no unreleased changes, or the version is in the changelog already
 */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  const changes = sectionOf(changelog, UNRELEASED)
  if (!changes)
    throw new Error(`Cannot release ${version}: the section "Unreleased" of CHANGELOG.md is empty`)
  if (headings(changelog).some((heading) => heading.startsWith(`## ${version} `)))
    throw new Error(`Cannot release ${version}: CHANGELOG.md has a section of this version already`)
  return changelog.replace(UNRELEASED, `${UNRELEASED}\n\n## ${version} (${date})`)
}

/**
 * The changes of a version, without the heading.
 * @throws Error if the changelog has no section of this version
 */
export function releaseNotes(changelog: string, version: string): string {
  const heading = headings(changelog).find((one) => one.startsWith(`## ${version} `))
  if (!heading)
    throw new Error(`Cannot write release notes: CHANGELOG.md has no section of version ${version}`)
  return sectionOf(changelog, heading)
}

const headings = (changelog: string) => changelog.match(/^## .*$/gm) ?? []

function sectionOf(changelog: string, heading: string): string {
  const start = changelog.indexOf(`${heading}\n`)
  if (start === -1) throw new Error(`Cannot read CHANGELOG.md: it has no section "${heading}"`)
  const rest = changelog.slice(start + heading.length)
  return rest.split(/^## /m)[0]!.trim()
}
