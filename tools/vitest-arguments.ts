/** Projects of vitest.config.ts that `npm test` runs. `npm run test:all` runs all projects. */
const fastProjects = ['unit', 'emulators']
const projectsWithoutEmulators = new Set([
  'unit',
  'unit-slow',
  'client-firebase-13',
  'unit*',
  'programs',
  'packages',
])

/** The values of `--project`. */
function projectsOf(args: string[]): string[] {
  return args.flatMap((arg, index) => {
    if (arg === '--project') return args[index + 1] ?? []
    return arg.startsWith('--project=') ? arg.slice('--project='.length) : []
  })
}

/** Whether vitest may run tests that need the emulators with these arguments. */
export function needsEmulators(args: string[]): boolean {
  const projects = projectsOf(args)
  return projects.length === 0 || !projects.every((project) => projectsWithoutEmulators.has(project))
}

/**
 * The arguments for vitest: without a `--project`, those of the fast projects are added, or none for `--all`.
 */
export function vitestArguments(args: string[]): { all: boolean; args: string[] } {
  const all = args.includes('--all')
  const rest = args.filter((arg) => arg !== '--all')
  if (all || projectsOf(rest).length > 0 || rest.includes('--project')) return { all, args: rest }
  return { all, args: [...fastProjects.map((project) => `--project=${project}`), ...rest] }
}
