import type { Declared, ExportedFunction } from '../doctor/exports.ts'
import { readParameterFiles } from '../doctor/parameter-files.ts'
import { checkParameters } from '../doctor/parameters.ts'
import type { Outcome } from './inspection.ts'

/** The parameters and the declarations of the functions. */
export type Code = {
  /** The values of the parameter files. */
  values: Record<string, string>
  functions: ExportedFunction[]
  /** The parameters that firebase-tools asks for. */
  questions: Declared['parameters']
  provider: 'gemini-api' | 'vertex-ai'
  secrets: string[]
  declaredApis: string[]
  /** The roles that the code declares. */
  roles: string[]
  /** FUNCTIONS_REGION; undefined if no file has it. */
  region: string | undefined
  database: string
  /** UPLOAD_BUCKET and OUTPUT_BUCKET; undefined if no file has them. */
  uploadBucket: string | undefined
  outputBucket: string | undefined
  appCheck: boolean
}

export type FilesOptions = {
  folder: string
  alias?: string | undefined
  /** Reads the declarations of the code with these parameters. */
  declarations: (values: Record<string, string>) => Declared
}

/** Reads the parameter files and the code as firebase-tools does, with the checks of the doctor. */
export async function readCode(
  project: string,
  { folder, alias, declarations }: FilesOptions,
): Promise<Outcome<Code | undefined>> {
  const files = readParameterFiles(folder, { project, alias, emulated: false })
  if ('unreadable' in files) return { findings: [files.unreadable], value: undefined }
  const { values } = files
  const { config, findings } = checkParameters(files, folder)
  if (!config) return { findings, value: undefined }
  const declared = declarations(values)
  const value = {
    values,
    functions: declared.functions,
    questions: declared.parameters,
    provider: config.provider,
    secrets: [...new Set(declared.functions.flatMap(({ secrets }) => secrets))],
    declaredApis: declared.apis,
    roles: declared.roles,
    region: values.FUNCTIONS_REGION || undefined,
    database: values.FIRESTORE_DATABASE || '(default)',
    uploadBucket: values.UPLOAD_BUCKET || undefined,
    outputBucket: values.OUTPUT_BUCKET || undefined,
    appCheck: config.enforceAppCheck,
  }
  return { findings, value }
}
