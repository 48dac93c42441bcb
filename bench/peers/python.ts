import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

/** A case of peers.py. */
export type PythonCase =
  | 'pillow_layer'
  | 'numpy_layer'
  | 'pillow_downscale'
  | 'google_sample'
  | 'supervision_read'
  | 'supervision_annotate'

/** The peers in Python, in one process that lives as long as the bench. */
export type Python = {
  /** Of Python and its packages, by name. */
  versions: Record<string, string>
  /** Packages that are not there, with what Python says about it. */
  missing: Record<string, string>
  /** Milliseconds of one case, as Python took them. */
  time: (name: PythonCase, photoPath: string, answerPath: string) => Promise<number>
  end: () => void
}

const helloSchema = z.object({
  versions: z.record(z.string(), z.string()),
  missing: z.record(z.string(), z.string()),
})
const replySchema = z.union([z.object({ ms: z.number() }), z.object({ error: z.string() })])

/**
 * Starts the first Python that has what the peers need; FIRESIGHT_BENCH_PYTHON, if set, is the only one that is tried.
 * @returns why there is none, when there is none
 */
export async function startPython(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Python | { absent: string }> {
  const chosen = environment.FIRESIGHT_BENCH_PYTHON
  const reasons: string[] = []
  for (const command of chosen ? [chosen] : ['python3', '/usr/bin/python3']) {
    try {
      return await start(command, environment)
    } catch (error) {
      reasons.push(`${command}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { absent: reasons.join('; ') }
}

async function start(command: string, environment: NodeJS.ProcessEnv): Promise<Python> {
  const script = join(import.meta.dirname, 'peers.py')
  // No byte code beside the sources of a peer.
  const env = { ...environment, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(command, [script], { stdio: ['pipe', 'pipe', 'pipe'], env })
  const nextLine = lines(child)
  let hello: z.infer<typeof helloSchema>
  try {
    hello = helloSchema.parse(await nextLine())
  } catch (error) {
    child.kill() // What says something else than peers.py may wait for ever.
    throw error
  }
  return {
    ...hello,
    time: async (name, photo, answer) => {
      child.stdin.write(`${JSON.stringify({ case: name, photo, answer })}\n`)
      const reply = replySchema.parse(await nextLine())
      if ('error' in reply) throw new Error(`${name} failed: ${reply.error}`)
      return reply.ms
    },
    end: () => child.stdin.end(),
  }
}

/** The child's lines of stdout, one a call, as JSON; rejects with its last words once it has ended. */
function lines(child: ChildProcess): () => Promise<unknown> {
  let lastWords = ''
  child.stderr?.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString()).slice(-2000)
  })
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      reject(new Error(lastWords.trim().split('\n').at(-1) || `it ended with ${signal ?? code}`))
    })
  })
  // Nobody may be waiting when it ends, which is no fault then.
  failed.catch(() => {})
  // Writing to a process that has ended fails as well; `failed` says why.
  child.stdin?.on('error', () => {})
  const iterator = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return async () => {
    const line = await Promise.race([iterator.next(), failed])
    // The end of the output comes a little before the end of the process.
    return line.done ? failed : (JSON.parse(line.value) as unknown)
  }
}
