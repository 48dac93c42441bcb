import type { FunctionComponent } from 'preact'
import type { Uploads } from './use-uploads.ts'

/** The place of the running and unfinished uploads on the home page. */
export const UploadQueue: FunctionComponent<{ uploads: Uploads }> = () => null
