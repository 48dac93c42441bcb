import { regionForBucket } from '../../../tools/bucket-regions.ts'
import { type Cloud, tryRead } from './cloud.ts'
import type { Project } from './environment-file.ts'
import { InitRefused } from './problems.ts'
import type { Ask } from './project.ts'

const REGION = /^[a-z]+-[a-z]+\d+$/
const SUGGESTION = 'us-central1'

/** Projects of the emulators exist nowhere else. */
export const isDemo = ({ id }: Project) => id.startsWith('demo-')

/** The bucket of the photos. Undefined if it is unknown: the Firebase CLI then asks for it. */
export async function findBucket(project: Project, cloud: Cloud): Promise<string | undefined> {
  if (isDemo(project)) return `${project.id}.appspot.com`
  return (await tryRead(() => cloud.defaultBucket())).value
}

/**
 * The region of the functions for a bucket.
 * @throws InitRefused if it is unknown and cannot be asked
 */
export async function findRegion(
  wanted: string | undefined,
  bucket: string | undefined,
  { project, cloud, ask }: { project: Project; cloud: Cloud; ask: Ask | undefined },
): Promise<string> {
  if (wanted) return checked(wanted)
  if (isDemo(project)) return SUGGESTION
  const { region, reason } = await regionOf(project, bucket, cloud)
  if (region) return region
  if (!ask) {
    throw new InitRefused([
      `Cannot find the region of the functions: ${reason}.\n` +
        'Use --region <region>, or sign in with: gcloud auth application-default login\n' +
        'The region must be the location of the upload bucket, or a region within it: us-central1 for US.',
    ])
  }
  const question = `Region of the functions, in the location of the bucket (not found: ${reason})`
  return checked(await ask.input(question, SUGGESTION))
}

async function regionOf(
  project: Project,
  bucket: string | undefined,
  cloud: Cloud,
): Promise<{ region?: string; reason: string }> {
  const name = bucket ?? 'the default bucket'
  const { value: location, problem } = await tryRead(async () => {
    const found = bucket ?? (await cloud.defaultBucket())
    return found && cloud.locationOf(found)
  })
  if (problem) return { reason: `the location of ${name} is unknown, because ${problem}` }
  if (!location) return { reason: `${project.id} has no bucket ${bucket ?? 'for Firebase'}` }
  const region = regionForBucket(location)
  if (region) return { region, reason: '' }
  return { reason: `${name} is in ${location}, where the Firebase CLI knows no region` }
}

function checked(region: string): string {
  if (REGION.test(region)) return region
  throw new InitRefused([`"${region}" is not a region. Use one such as us-central1 or europe-west1.`])
}
