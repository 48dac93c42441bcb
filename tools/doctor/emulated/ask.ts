import { CannotLook } from '../finding.ts'

/** A user of the emulators, whose tokens need no signature. */
export function tokenOf(uid: string, project: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: `https://securetoken.google.com/${project}`,
    aud: project,
    sub: uid,
    user_id: uid,
    iat: now,
    exp: now + 600,
    auth_time: now,
    firebase: { sign_in_provider: 'custom', identities: {} },
  }
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}

/** The status that an emulator answers with. @throws CannotLook when nobody answers */
export async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) })
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    throw new CannotLook(`nobody answers at ${new URL(url).host}`, { cause: error })
  }
}
