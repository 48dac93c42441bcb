/** The projects of vitest.config.ts whose tests need nothing but the code. */
const projectsAlone = new Set(['unit'])

/** Whether tests that need the emulators may be among those that these arguments of vitest ask for. */
export function needsEmulators(args: string[]): boolean {
  const projects = args.flatMap((arg, index) => {
    if (arg === '--project') return args[index + 1] ?? []
    return arg.startsWith('--project=') ? arg.slice('--project='.length) : []
  })
  return projects.length === 0 || !projects.every((project) => projectsAlone.has(project))
}
