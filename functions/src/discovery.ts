// The Firebase CLI loads this file when it discovers the functions. Instances do not need it: they check
// their settings with the first event, and a cold start should load nothing more.
import { afterFirstDeploy } from 'firebase-functions/lifecycle'
import { readConfig } from './config/read-config.ts'
import { declareRequirements } from './config/requirements.ts'
import { requireHeicDecoder } from './image/heic-decoder.ts'

// An invalid setting stops the deployment.
requireHeicDecoder(readConfig())
declareRequirements()
afterFirstDeploy({ task: { function: 'onSetupCheck', body: { data: {} } } })
