import { GoogleAuth } from 'google-auth-library'
import { z } from 'zod'
import { CannotLook } from './finding.ts'
import { readJson } from './read-json.ts'

/** Google's services over REST, read only, as whoever runs the doctor. */
export type Google = {
  project: string
  /** @returns undefined when there is no such thing. @throws CannotLook */
  get<S extends z.ZodType>(service: string, path: string, schema: S): Promise<z.output<S> | undefined>
  /** All pages of a list. `unreachable` names what the service itself could not see. @throws CannotLook */
  list<S extends z.ZodType>(service: string, path: string, key: string, item: S): Promise<Listed<z.output<S>>>
}

export type Listed<T> = { items: T[]; unreachable: string[] }

/** Where services are: `{service}` stands for a name such as `storage`. */
export const GOOGLE_APIS = 'https://{service}.googleapis.com'

/** Other servers than Google's, such as those of tests: `FIRESIGHT_GOOGLE_APIS=http://127.0.0.1:9000/{service}`. They get no token. */
export function googleOf(project: string, environment: NodeJS.ProcessEnv): Google {
  const elsewhere = environment.FIRESIGHT_GOOGLE_APIS
  if (elsewhere) return createGoogle(project, async () => new Headers(), elsewhere)
  return createGoogle(project, credentials(project))
}

export function createGoogle(
  project: string,
  authorize: () => Promise<Headers>,
  addresses: string = GOOGLE_APIS,
): Google {
  const get: Google['get'] = async (service, path, schema) =>
    readJson(`${addresses.replace('{service}', service)}/${path}`, schema, await authorize())
  return {
    project,
    get,
    async list(service, path, key, item) {
      const page = z.looseObject({
        [key]: z.array(item).default([]),
        nextPageToken: z.string().default(''),
        unreachable: z.array(z.string()).default([]),
      })
      const listed: Listed<z.output<typeof item>> = { items: [], unreachable: [] }
      let token = ''
      do {
        const query = token && `${path.includes('?') ? '&' : '?'}pageToken=${encodeURIComponent(token)}`
        const found = await get(service, path + query, page)
        // A list that nobody has begun is empty; that of a project or a database that is not there does not exist.
        if (!found) throw new CannotLook(`${service} knows nothing at ${path.split('?')[0]}`)
        const { unreachable, nextPageToken } = found as { unreachable: string[]; nextPageToken: string }
        listed.items.push(...(found[key] as z.output<typeof item>[]))
        listed.unreachable.push(...unreachable)
        token = nextPageToken
      } while (token !== '')
      return listed
    },
  }
}

/** Application default credentials, fetched once. */
function credentials(project: string): () => Promise<Headers> {
  const auth = new GoogleAuth({
    projectId: project,
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  })
  return async () => {
    try {
      return await auth.getRequestHeaders()
    } catch (error) {
      throw new CannotLook('there are no application default credentials, or they do not work any more', {
        command: 'gcloud auth application-default login',
        cause: error,
      })
    }
  }
}
