import { GoogleAuth } from 'google-auth-library'
import { z } from 'zod'
import { CannotCheck } from './finding.ts'
import { type JsonRequest, readJson } from './read-json.ts'

/** REST access to Google APIs with the user's credentials. */
export type Google = {
  project: string
  /** @returns undefined if the resource does not exist. @throws CannotCheck */
  get<S extends z.ZodType>(service: string, path: string, schema: S): Promise<z.output<S> | undefined>
  /**
   * Sends a JSON body. Some methods that only read need it, such as testIamPermissions. The doctor never
   * writes. @returns undefined if the resource does not exist. @throws CannotCheck
   */
  send<S extends z.ZodType>(
    service: string,
    path: string,
    schema: S,
    request: JsonRequest,
  ): Promise<z.output<S> | undefined>
  /**
   * Reads all pages of a list. `unreachable`: the locations that the service could not list. @throws
   * CannotCheck
   */
  list<S extends z.ZodType>(service: string, path: string, key: string, item: S): Promise<Listed<z.output<S>>>
}

export type Listed<T> = { items: T[]; unreachable: string[] }

/** The base URL of the APIs. `{service}` stands for a name such as `storage`. */
const GOOGLE_APIS = 'https://{service}.googleapis.com'

/**
 * FIRESIGHT_GOOGLE_APIS sets another base URL, for tests: `http://127.0.0.1:9000/{service}`. It receives no
 * token.
 */
export function googleOf(project: string, environment: NodeJS.ProcessEnv): Google {
  const testServer = environment.FIRESIGHT_GOOGLE_APIS
  if (testServer) return createGoogle(project, async () => new Headers(), testServer)
  return createGoogle(project, credentials(project))
}

export function createGoogle(
  project: string,
  authorize: () => Promise<Headers>,
  addresses: string = GOOGLE_APIS,
): Google {
  const urlOf = (service: string, path: string) => `${addresses.replace('{service}', service)}/${path}`
  const get: Google['get'] = async (service, path, schema) =>
    readJson(urlOf(service, path), schema, await authorize())
  return {
    project,
    get,
    send: async (service, path, schema, request) =>
      readJson(urlOf(service, path), schema, await authorize(), request),
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
        // An empty list exists too. A missing list means that the project or database does not exist.
        if (!found) throw new CannotCheck(`${service} has no resource ${path.split('?')[0]}`)
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
      throw new CannotCheck('application default credentials are missing or no longer valid', {
        command: 'gcloud auth application-default login',
        cause: error,
      })
    }
  }
}
