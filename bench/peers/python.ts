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

/** The Python peers, in one process for the whole run. */
export type Python = {
  /** The versions of Python and its packages. */
  versions: Record<string, string>
  /** The missing packages with Python's error message. */
  missing: Record<string, string>
  /** The time of one case in milliseconds, measured in Python. */
  time: (name: PythonCase, photoPath: string, answerPath: string) => Promise<number>
  end: () => void
}

const helloSchema = z.object({
  versions: z.record(z.string(), z.string()),
  missing: z.record(z.string(), z.string()),
})
const replySchema = z.union([z.object({ ms: z.number() }), z.object({ error: z.string() })])

/**
 * Starts the first Python that has the packages of the peers, or only FIRESIGHT_BENCH_PYTHON if it is set.
 * @returns the reason if there is none
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
  // Prevents bytecode files in the source folders of peers.
  const env = { ...environment, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(command, [script], { stdio: ['pipe', 'pipe', 'pipe'], env })
  const nextLine = lines(child)
  let hello: z.infer<typeof helloSchema>
  try {
    hello = helloSchema.parse(await nextLine())
  } catch (error) {
    child.kill() // A program other than peers.py may never exit.
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

/**
 * Reads one line of the child's stdout per call, as JSON. Rejects with its last error output after it has
 * exited.
 */
function lines(child: ChildProcess): () => Promise<unknown> {
  let errorOutput = ''
  child.stderr?.on('data', (text: Buffer) => {
    errorOutput = (errorOutput + text.toString()).slice(-2000)
  })
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      reject(new Error(errorOutput.trim().split('\n').at(-1) || `exited with ${signal ?? code}`))
    })
  })
  // Prevents an unhandled rejection at a normal exit.
  failed.catch(() => {})
  // Writing to an exited process fails too, but `failed` has the reason.
  child.stdin?.on('error', () => {})
  const iterator = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  return async () => {
    const line = await Promise.race([iterator.next(), failed])
    // The output ends slightly before the process.
    return line.done ? failed : (JSON.parse(line.value) as unknown)
  }
}
