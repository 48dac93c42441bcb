import { z } from 'zod'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'
import type { Run } from './run.ts'

// https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases, read 2026-11-30
const database = z.looseObject({ name: z.string(), locationId: z.string(), type: z.string() })

export type DatabaseOptions = {
  /** The database id; `(default)` is the default database. */
  id: string
  /** The location of `--firestore-location`. */
  location: string | undefined
  /** The location of the upload bucket. */
  near: string | undefined
  /** Whether the Firestore API is enabled. A project without it has no database. */
  isEnabled: boolean
}

/**
 * Checks that the database exists. Without one, firebase-tools would silently create it in nam5
 * (lib/deploy/firestore/prepare.js, 15.34.2), and the location of a database cannot be changed.
 */
export async function checkDatabase(
  google: Google,
  run: Run,
  { id, location, near, isEnabled }: DatabaseOptions,
): Promise<Outcome> {
  const { project } = google
  const path = `v1/projects/${project}/databases/${encodeURIComponent(id)}`
  const found = isEnabled ? await google.get('firestore', path, database) : undefined
  if (!found) return location ? creation(project, run, id, location) : locationMissing(id, near)
  const value = undefined
  if (found.type !== 'FIRESTORE_NATIVE') {
    return {
      value,
      findings: [
        {
          state: 'problem',
          found: `the database ${id} has the type ${found.type}`,
          expected: 'a database of the type FIRESTORE_NATIVE; set FIRESTORE_DATABASE to use another one',
          command: `firebase firestore:databases:create firesight --location ${found.locationId} --project ${project}`,
        },
      ],
    }
  }
  if (location && location !== found.locationId) {
    return {
      value,
      findings: [
        {
          state: 'problem',
          found: `the database ${id} is in ${found.locationId}, not in ${location}`,
          expected: `no --firestore-location, or ${found.locationId}: the location of a database cannot be changed`,
        },
      ],
    }
  }
  return { value, findings: [{ state: 'ok', found: `${id} in ${found.locationId}` }] }
}

function creation(project: string, run: Run, id: string, location: string): Outcome {
  const does = `creates the database ${id} in ${location}; its location cannot be changed later`
  const args = ['firestore:databases:create', id, '--location', location, '--project', project]
  return {
    value: undefined,
    findings: [{ state: 'change', found: `the database ${id} does not exist`, expected: does }],
    steps: [{ name: 'Firestore database', does, run: () => run('firebase', [...args, '--non-interactive']) }],
  }
}

function locationMissing(id: string, near: string | undefined): Outcome {
  const suggested = near ? nearestLocation(near) : '<location>'
  return {
    value: undefined,
    findings: [
      {
        state: 'problem',
        found: `the database ${id} does not exist, and --firestore-location is not set`,
        expected:
          'the location of the database, near the bucket; it cannot be changed later ' +
          '(https://firebase.google.com/docs/firestore/locations)',
        command: `npm run deploy -- --firestore-location ${suggested}   # and your other options`,
      },
    ],
  }
}

/** The Firestore location for a bucket location: the multi-region of a multi-region, or the same region. */
function nearestLocation(bucketLocation: string): string {
  const locations: Record<string, string> = {
    us: 'nam5',
    nam4: 'us-central1',
    eu: 'eur3',
    eur4: 'europe-west4',
  }
  const location = bucketLocation.toLowerCase()
  return (
    locations[location] ??
    (location.startsWith('asia') && !location.includes('-') ? 'asia-northeast1' : location)
  )
}
