import type { MediaResolution } from '../ports/vision-model.ts'
import type { Config } from './config.ts'

/** The tasks that ask the model. Each has its own parameters for the model and the media resolution. */
export type Task = 'describe' | 'locate' | 'answer' | 'compare'

/** The settings of a task that decide how many tokens its images take. */
export type TaskModel = { model: string; mediaResolution: MediaResolution }

type Keys = `${Task}Model` | `${Task}MediaResolution`

export function taskModel(config: Pick<Config, Keys>, task: Task): TaskModel {
  return { model: config[`${task}Model`], mediaResolution: config[`${task}MediaResolution`] }
}
