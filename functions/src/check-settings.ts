// The Firebase CLI loads this file when it discovers the functions, so that an invalid setting stops the
// deployment. Instances check their settings with the first event, without delaying the cold start.
import { readConfig } from './config/read-config.ts'

readConfig()
