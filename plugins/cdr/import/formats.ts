import { asteriskCsv } from './asterisk-csv.ts'
import { callJson } from './call-json.ts'
import { cdrStatsCsv } from './cdr-stats-csv.ts'
import { freeSwitchCsv } from './freeswitch-csv.ts'
import { freeSwitchJson } from './freeswitch-json.ts'
import { kazooJson } from './kazoo-json.ts'
import type { CallFormat } from './parsed-call.ts'

/** Every format that can be imported, by name. */
export const callFormats: ReadonlyMap<string, CallFormat> = new Map(
  [asteriskCsv, freeSwitchCsv, freeSwitchJson, callJson, kazooJson, cdrStatsCsv].map(format => [format.name, format])
)
