import { did } from '../../plugins/did/plugin.ts'
import { conformance } from './conformance.ts'

conformance(did)
