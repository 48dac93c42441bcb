import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { root } from '../paths.ts'
import type { ProjectFiles } from './files.ts'

const firebaseJson = z.looseObject({
  functions: z.array(z.looseObject({})),
  firestore: z.looseObject({ rules: z.string(), indexes: z.string() }),
  storage: z.looseObject({ rules: z.string() }),
  hosting: z.looseObject({ public: z.string() }),
})

export type ConfigOptions = {
  /** The Firestore database. */
  database: string
  /** The buckets whose rules are released: for uploads, and for results if they have their own. */
  buckets: string[]
  /** The folder of the parameter files, which must be in this repository. */
  folder: string
  /** Rules and indexes that replace those of this repository. */
  files: ProjectFiles
}

/**
 * firebase.json for one project: with its database, its buckets and its parameter files, which firebase.json cannot take from
 * parameters, and without `predeploy`, because the deployment builds before it changes anything.
 * @param replaced the folder with `files`
 */
function deployConfig({ database, buckets, folder, files }: ConfigOptions, replaced: string): object {
  const config = firebaseJson.parse(JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')))
  const withoutPredeploy = (entry: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'predeploy'))
  const path = (file: keyof ProjectFiles, own: string) =>
    files[file] === undefined ? own : relative(root, join(replaced, file))
  const { firestore, storage } = config
  return {
    functions: config.functions.map((codebase) => ({
      ...withoutPredeploy(codebase),
      configDir: relative(root, resolve(folder)),
    })),
    firestore: [
      {
        ...firestore,
        rules: path('firestore.rules', firestore.rules),
        indexes: path('firestore.indexes.json', firestore.indexes),
        database,
      },
    ],
    storage: buckets.map((bucket) => ({ ...storage, rules: path('storage.rules', storage.rules), bucket })),
    hosting: withoutPredeploy(config.hosting),
  }
}

/** Runs work with the configuration in a file beside firebase.json, because its paths are relative. */
export async function withDeployConfig(
  options: ConfigOptions,
  work: (fileName: string) => Promise<void>,
): Promise<void> {
  const name = `.firebase-deploy-${process.pid}.json`
  mkdirSync(join(root, '.cache'), { recursive: true })
  const replaced = mkdtempSync(join(root, '.cache/deploy-'))
  try {
    for (const [file, text] of Object.entries(options.files)) writeFileSync(join(replaced, file), text)
    writeFileSync(join(root, name), JSON.stringify(deployConfig(options, replaced), null, 2))
    await work(name)
  } finally {
    rmSync(join(root, name), { force: true })
    rmSync(replaced, { recursive: true })
  }
}
