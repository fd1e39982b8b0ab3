import type { PluginDefinition } from '../core/plugin-api.ts'
import { alerts } from './alerts/plugin.ts'
import { authEndpoints } from './auth-endpoints/plugin.ts'
import { callsLive } from './calls-live/plugin.ts'
import { cdr } from './cdr/plugin.ts'
import { class5 } from './class5/plugin.ts'
import { core } from './core/plugin.ts'
import { data } from './data/plugin.ts'
import { did } from './did/plugin.ts'
import { interconnect } from './interconnect/plugin.ts'
import { payments } from './payments/plugin.ts'
import { recording } from './recording/plugin.ts'
import { routing } from './routing/plugin.ts'
import { stats } from './stats/plugin.ts'
import { status } from './status/plugin.ts'

/** Every plugin that ships. Dependencies come before what needs them; boot checks that. */
export const plugins: readonly PluginDefinition[] = [
  core,
  cdr,
  stats,
  callsLive,
  recording,
  did,
  authEndpoints,
  routing,
  interconnect,
  payments,
  class5,
  alerts,
  status,
  data
]
