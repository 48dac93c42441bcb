import { invalidField, misconfigured, typeNameOf } from './error.ts'

/** The default of the functions' UPLOAD_PATH. */
const DEFAULT_PATH = 'users/{uid}/uploads/{fileName}'

/** The same placeholders as in functions/src/document/storage-paths.ts. */
const PLACEHOLDER = /^\{([A-Za-z][A-Za-z0-9]*)\}$/

type Values = {
  /** The id of the signed-in user. Called only if the path has `{uid}`. */
  uid: () => Promise<string>
  /** The generated file name. */
  fileName: string
  /** The values of all other placeholders. */
  segments: Readonly<Record<string, string>>
}

/**
 * Compiles an upload path such as `albums/{uid}/{album}/{fileName}`. The returned function creates object
 * names. It throws FiresightError `invalid-request` for a missing, unknown or invalid segment.
 * @throws FiresightError `misconfigured` if the path cannot be used for uploads
 */
export function compileUploadPath(pattern = DEFAULT_PATH): (values: Values) => Promise<string> {
  const parts = pattern.split('/').map((text) => ({ text, placeholder: PLACEHOLDER.exec(text)?.[1] }))
  const problem = problemOf(parts)
  if (problem)
    throw misconfigured(`uploadPath ${JSON.stringify(pattern)} ${problem}, as in "${DEFAULT_PATH}".`)
  const file = parts.pop()!
  const names = parts.flatMap(({ placeholder }) =>
    placeholder && placeholder !== 'uid' ? [placeholder] : [],
  )

  return async ({ uid, fileName, segments }) => {
    for (const name of Object.keys(segments)) {
      if (name === file.placeholder || name === 'uid')
        throw invalidField(`segments.${name}`, 'is set by the client and cannot be given')
      if (!names.includes(name))
        throw invalidField(`segments.${name}`, `is not a placeholder of uploadPath "${pattern}"`)
    }
    for (const name of names) checkSegment(name, segments[name])
    const owner = parts.some(({ placeholder }) => placeholder === 'uid') ? await uid() : ''
    const folders = parts.map(({ text, placeholder }) => {
      if (placeholder === undefined) return text
      return placeholder === 'uid' ? owner : segments[placeholder]!
    })
    return [...folders, fileName].join('/')
  }
}

type Part = { text: string; placeholder: string | undefined }

function problemOf(parts: readonly Part[]): string | undefined {
  const last = parts.at(-1)?.placeholder
  if (last === undefined || last === 'uid') return 'must end with a placeholder for the file name'
  const isBroken = ({ text, placeholder }: Part) => !placeholder && (text === '' || /[{}]/.test(text))
  if (parts.some(isBroken))
    return 'has an empty segment or braces within a segment: each segment must be plain text or a placeholder'
  return undefined
}

function checkSegment(name: string, value: unknown): void {
  const rule = 'must be text without "/", not empty and not "." or ".."'
  if (typeof value !== 'string') throw invalidField(`segments.${name}`, `${rule}; it is ${typeNameOf(value)}`)
  if (['', '.', '..'].includes(value) || value.includes('/'))
    throw invalidField(`segments.${name}`, `${rule}; it is ${JSON.stringify(value)}`)
}
