/** Which files of the repository are pages of the site, and how the sidebar arranges them. */

/** The address of the repository. Links to files that are no pages lead there. */
export const REPOSITORY = 'https://github.com/firesight-dev/firesight'

type Entry = { file: string; label: string }
type Group = { label: string; collapsed?: boolean; entries: Entry[] }

const page = (file: string, label: string): Entry => ({ file, label })

/** The groups of the sidebar, top to bottom. Every page of docs/ is in one of them, except the decisions. */
export const GROUPS: readonly Group[] = [
  {
    label: 'Get started',
    entries: [
      page('docs/get-started.md', 'Try it on your machine'),
      page('docs/add-to-your-project.md', 'Add to your project'),
    ],
  },
  {
    label: 'Guides',
    entries: [
      page('docs/guides/upload-and-watch.md', 'Upload and watch photos'),
      page('docs/guides/show-boxes-and-masks.md', 'Show boxes and masks'),
      page('docs/guides/ask-questions.md', 'Ask questions'),
      page('docs/guides/compare-photos.md', 'Compare photos'),
      page('docs/guides/find-objects.md', 'Find objects by name'),
      page('docs/guides/classify.md', 'Classify with your own labels'),
      page('docs/guides/keep-costs-low.md', 'Keep costs low'),
      page('docs/guides/app-check-and-anonymous-users.md', 'App Check and anonymous users'),
      page('docs/guides/existing-photos.md', 'Annotate existing photos'),
      page('docs/guides/delete-user-data.md', "Delete users' data"),
      page('docs/mobile.md', 'Mobile apps'),
      page('docs/migrate-from-extensions.md', 'Migrate from extensions'),
      page('docs/instances.md', 'Several instances'),
      page('docs/kit.md', 'Function kit'),
      page('docs/existing-projects.md', 'Existing projects: init'),
      page('docs/library.md', 'Your own triggers'),
    ],
  },
  {
    label: 'Reference',
    entries: [
      page('docs/api.md', 'Callable functions'),
      page('docs/document.md', 'The document'),
      page('docs/errors.md', 'Errors'),
      page('docs/configuration.md', 'Configuration'),
      page('docs/schemas/README.md', 'JSON Schemas'),
      page('client/README.md', 'Client library'),
      page('functions/README.md', 'npm package firesight'),
      page('gemini-emulator/README.md', 'Local Gemini API'),
      page('CHANGELOG.md', 'Changelog'),
    ],
  },
  {
    label: 'Operations',
    collapsed: true,
    entries: [
      page('docs/deploy.md', 'Deploy'),
      page('docs/doctor.md', 'Doctor'),
      page('docs/monitoring.md', 'Monitoring'),
      page('docs/quota.md', 'Quotas'),
      page('docs/cost.md', 'Cost'),
      page('docs/scale.md', 'Scale'),
      page('docs/security.md', 'Security'),
      page('docs/privacy.md', 'Privacy'),
      page('docs/erasure.md', 'Erasure'),
      page('docs/performance.md', 'Performance'),
      page('docs/eval.md', 'Evaluate models and prompts'),
    ],
  },
  {
    label: 'Concepts',
    collapsed: true,
    entries: [
      page('docs/architecture.md', 'Architecture'),
      page('docs/reliability.md', 'Reliability'),
      page('docs/answers.md', 'Answers of models'),
      page('docs/coordinates.md', 'Coordinates'),
      page('docs/glossary.md', 'Glossary'),
      page('docs/testing.md', 'Testing'),
      page('docs/decisions/README.md', 'Decisions'),
      page('CONTRIBUTING.md', 'Contributing'),
    ],
  },
]

/** Files outside docs/, and index files, with the address of their page. */
const SLUGS: Record<string, string> = {
  'client/README.md': 'client-library',
  'functions/README.md': 'npm-package',
  'gemini-emulator/README.md': 'local-gemini-api',
  'CHANGELOG.md': 'changelog',
  'CONTRIBUTING.md': 'contributing',
  'docs/schemas/README.md': 'json-schemas',
  'docs/decisions/README.md': 'decisions',
}

/** The address of a file's page on the site, without slashes around it; undefined if the file is no page. */
export function slugOf(file: string): string | undefined {
  return SLUGS[file] ?? /^docs\/((?:guides\/|decisions\/)?[\w-]+)\.md$/.exec(file)?.[1]
}
