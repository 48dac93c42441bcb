const EXISTING_PROJECTS = 'https://github.com/firesight-dev/firesight/blob/main/docs/existing-projects.md'

/** Sections of the documentation that messages refer to. */
export const PAGE = {
  rules: `${EXISTING_PROJECTS}#rules`,
  collections: `${EXISTING_PROJECTS}#collections-of-the-same-name`,
}
