import { createServer } from 'node:net'

export const host = '127.0.0.1'

/** The ports that `npm start` prefers. Names and values of the emulators are those of firebase.json. */
export const preferredPorts = {
  page: 5173,
  gemini: 9610,
  auth: 9099,
  functions: 5001,
  firestore: 8080,
  firestoreWebsocket: 9150,
  storage: 9199,
  tasks: 9499,
  eventarc: 9299,
  hub: 4400,
  logging: 4500,
}

export type Ports = typeof preferredPorts

export const portNames = Object.keys(preferredPorts).filter(
  (name): name is keyof Ports => name in preferredPorts,
)

/** The address of a port, for example `127.0.0.1:8080`. */
export const address = (port: number) => `${host}:${port}`

// Below the ephemeral ports (from 32768 on Linux, from 49152 on others), so that no outgoing connection can
// take a port between its choice here and its use.
const firstPort = 20_000
const lastPort = 32_000

/** Chooses a free port for each name: the preferred one if it is free. */
export async function choosePorts(
  preferred: Partial<Ports>,
  isFree: (port: number) => Promise<boolean>,
  random: () => number = Math.random,
): Promise<Ports> {
  const chosen = { ...preferredPorts }
  const reserved = new Set(Object.values(preferred))
  let candidate = firstPort + Math.floor(random() * (lastPort - firstPort))
  for (const name of portNames) {
    let port = preferred[name]
    for (let tries = 0; port === undefined || !(await isFree(port)); tries++) {
      if (tries > lastPort - firstPort)
        throw new Error(`No free port between ${firstPort} and ${lastPort} on ${host}`)
      do candidate = candidate >= lastPort ? firstPort : candidate + 1
      while (reserved.has(candidate))
      port = candidate
    }
    reserved.add(port)
    chosen[name] = port
  }
  return chosen
}

/** Whether the port is free. */
export function canListen(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
