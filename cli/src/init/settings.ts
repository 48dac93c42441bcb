import type { Cloud } from './cloud.ts'
import type { Codebase } from './codebase.ts'
import { addToEnvironment, type Project, readEnvironment } from './environment-file.ts'
import type { ProjectFiles } from './files.ts'
import { findBucket, findRegion } from './location.ts'
import { InitRefused } from './problems.ts'
import type { Ask } from './project.ts'

/** The settings that options of the command can give. */
export type SettingOptions = {
  region?: string | undefined
  bucket?: string | undefined
  imagesCollection?: string | undefined
}

/** The parameters that the Firebase CLI would ask for, except App Check, which the user must decide. */
export const DEFAULTS = {
  UPLOAD_PATH: 'users/{uid}/uploads/{fileName}',
  GEMINI_PROVIDER: 'gemini-api',
  PROJECT_TOKENS_PER_DAY: '20000000',
  OUTPUT_BUCKET: '',
}

/**
 * Without line breaks and signs that a `.env` file would read in another way.
 * @throws InitRefused
 */
export function checkOptions({ bucket, imagesCollection }: SettingOptions): void {
  if (imagesCollection !== undefined && !/^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(imagesCollection)) {
    throw new InitRefused([
      `"${imagesCollection}" is not a name for a collection. Use letters, digits, - and _.`,
    ])
  }
  // https://docs.cloud.google.com/storage/docs/buckets#naming, read 2026-11-30
  if (bucket !== undefined && !/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) {
    throw new InitRefused([
      `"${bucket}" is not the name of a bucket. Use the name without gs://, such as my-app.firebasestorage.app.`,
    ])
  }
}

/** The setting for the region of the functions. */
export const regionName = ({ kind }: Pick<Codebase, 'kind'>) =>
  kind === 'kit' ? 'FUNCTION_DEFAULT_REGION' : 'FUNCTIONS_REGION'

/** Adds the settings to the `.env` files, and returns the buckets of the uploads. `undefined`: not found. */
export async function addSettings(
  files: ProjectFiles,
  { kind, environments }: Codebase,
  { region, bucket, imagesCollection }: SettingOptions,
  context: { project: Project; cloud: Cloud; ask: Ask | undefined },
): Promise<(string | undefined)[]> {
  const { project, cloud } = context
  const regionOf = regionName({ kind })
  const buckets: (string | undefined)[] = []
  for (const folder of environments) {
    const present = readEnvironment(files, folder, project)
    refuseOther(folder, present, {
      [regionOf]: region,
      UPLOAD_BUCKET: bucket,
      IMAGES_COLLECTION: imagesCollection,
    })
    const uploads = present.UPLOAD_BUCKET || bucket || (await findBucket(project, cloud))
    buckets.push(uploads)
    addToEnvironment(files, folder, project, {
      [regionOf]: present[regionOf] ?? (await findRegion(region, uploads, context)),
      ...(uploads && { UPLOAD_BUCKET: uploads }),
      ...DEFAULTS,
      ...(imagesCollection && { IMAGES_COLLECTION: imagesCollection }),
    })
  }
  return buckets
}

/** @throws InitRefused if an option has another value than the `.env` file, which wins */
function refuseOther(
  folder: string,
  present: Record<string, string>,
  options: Record<string, string | undefined>,
): void {
  const problems = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || present[name] === undefined || present[name] === value
      ? []
      : [
          `${folder}/ sets ${name}=${present[name]}, but the option says ${value}. Change the .env file, or omit the option.`,
        ],
  )
  if (problems.length > 0) throw new InitRefused(problems)
}
