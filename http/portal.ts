import { portalCommandLine } from './portal-command-line.ts'

// `npm run portal -- COMMAND …`: what an operator does on the machine itself.
process.exitCode = await portalCommandLine(process.argv.slice(2), process.env, console)
