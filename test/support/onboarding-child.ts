import { openDatabase } from '../../db/connect.ts'
import { finishRun, onboardingParts } from '../../http/onboard-command.ts'
import { plugins } from '../../plugins/index.ts'

// node --import tsx test/support/onboarding-child.ts URL RUN: carries an onboarding run out as the command does, until it is
// done or killed.

const [url, runId] = process.argv.slice(2)
const database = await openDatabase({ url: url! })
await finishRun(await onboardingParts({ plugins, database: async () => database }), runId!)
await database.close()
