// The import rules of functions/src, as a configuration of oxlint. `npm run check:imports` applies them.
// docs/architecture.md draws them; docs/decisions/2026-11-29-module-layout.md explains them.

/** The modules of functions/src, each with the modules that it may import besides errors.ts and itself. */
const mayImport = {
  answers: [],
  api: ['document'],
  document: ['answers'],
  ports: ['document'],
  config: ['api', 'document', 'ports'],
  guard: ['config'],
  image: ['config', 'document'],
  masks: ['document', 'image'],
  model: ['config', 'document', 'image', 'ports'],
  quota: ['config', 'document', 'image', 'model', 'ports'],
  tasks: ['answers', 'api', 'config', 'document', 'image', 'masks', 'model', 'ports'],
  pipeline: ['answers', 'config', 'document', 'image', 'masks', 'model', 'ports', 'quota', 'tasks'],
  maintenance: ['api', 'config', 'document', 'model', 'pipeline', 'ports', 'quota'],
  stores: ['config', 'document', 'image', 'ports', 'quota'],
  callables: 'all but stores and triggers',
  triggers: 'all but stores and callables',
}

/** Modules that may use Firebase and Google Cloud. All others reach them through ports/. */
const firebaseModules = ['config', 'guard', 'stores', 'callables', 'triggers']

const modules = Object.keys(mayImport)
const group = (/** @type {string[]} */ names) => `(${names.join('|')})`

/** @param {string} module */
function patternsOf(module) {
  const allowed = mayImport[module]
  const denied = Array.isArray(allowed)
    ? modules.filter((name) => name !== module && !allowed.includes(name))
    : ['callables', 'stores', 'triggers'].filter((name) => name !== module)
  const may = Array.isArray(allowed) ? ['errors.ts', ...allowed].join(', ') : allowed
  const patterns = [
    { regex: `^\\.\\./.*\\b${group(denied)}/`, message: `${module}/ may import: ${may}.` },
    { regex: '^(\\.\\./)+(index|lib)\\.ts$', message: 'The entry points are not for other modules.' },
  ]
  if (!['callables', 'triggers'].includes(module)) {
    const message = 'services.ts composes ports and adapters: take the ports that you need as arguments.'
    patterns.push({ regex: '^(\\.\\./)+services\\.ts$', message })
  }
  if (!firebaseModules.includes(module)) {
    const regex = '^(firebase|@google-cloud/)|/config/(params|read-config|function-options|cors)\\.ts$'
    patterns.push({ regex, message: `${module}/ must not depend on Firebase or Google Cloud: use a port.` })
  }
  if (module !== 'model') {
    const message = 'Only services.ts knows the Gemini adapter: use the port VisionModel.'
    patterns.push({ regex: '/model/gemini/|^@google/genai', message })
  }
  return patterns
}

/** @param {string[]} files @param {{ regex: string, message: string }[]} patterns */
const restrict = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } })

export default {
  plugins: ['import'],
  categories: { correctness: 'off' },
  rules: { 'import/no-cycle': ['error', { ignoreTypes: false }] },
  overrides: [
    ...modules.map((module) => restrict([`src/${module}/**`], patternsOf(module))),
    restrict(
      ['src/model/*.ts'],
      [
        ...patternsOf('model'),
        { regex: '^\\./gemini/|^@google/genai', message: 'model/ does not know its adapters.' },
      ],
    ),
    restrict(
      ['src/{services,lib,errors}.ts'],
      [{ regex: '/(callables|triggers)/', message: 'Only index.ts imports callables/ and triggers/.' }],
    ),
  ],
}
