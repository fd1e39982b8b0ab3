import { isIP } from 'node:net'
import { badInput } from '../../../core/plugin-api.ts'
import type { ReleaseReason } from '../call.ts'
import { causeByName, causeByNumber, endOf } from './causes.ts'
import { jsonFormat, objectIn, textIn } from './json-format.ts'
import { normaliseNumber } from './numbers.ts'
import { callTimes, type ParsedCall, parseEpoch, parseWhole } from './parsed-call.ts'

type Json = Readonly<Record<string, unknown>>

/** A value as it was before mod_json_cdr's `encode-values`, which is on unless switched off. */
const decoded = (text: string): string => {
  if (!/%[0-9a-f]{2}/i.test(text)) return text
  try {
    return decodeURIComponent(text).replaceAll('\0', '')
  } catch {
    return text
  }
}

/**
 * The caller's profile as the call began. `callflow` is one object in old versions; since, an array with the newest
 * profile first, which after a transfer no longer knows what was dialled.
 */
const firstProfile = (document: Json): Json => {
  const flows = Array.isArray(document.callflow) ? document.callflow : [document.callflow]
  const objects = flows.filter((flow): flow is Json => typeof flow === 'object' && flow !== null)
  const first = objects.find(flow => textIn(flow, 'profile_index') === '1') ?? objects.at(-1)
  return first === undefined ? {} : objectIn(first, 'caller_profile')
}

/** Milliseconds, from the time in microseconds where there is one, else from the one in seconds. */
const instantOf = (variables: Json, name: string): number | null => {
  const micro = textIn(variables, `${name}_uepoch`)
  if (/^\d{15,16}$/.test(micro)) return Math.floor(Number(micro) / 1000)
  return parseEpoch(`${name}_epoch`, textIn(variables, `${name}_epoch`))
}

/** Who ended an answered call, seen from the leg: it received the BYE, or the switch sent it one. */
const whoHungUp = (disposition: string, outbound: boolean): ReleaseReason | null => {
  if (disposition !== 'recv_bye' && disposition !== 'send_bye') return null
  const byThisSide = disposition === 'recv_bye'
  return byThisSide !== outbound ? 'DOWNSTREAM_BYE' : 'UPSTREAM_BYE'
}

const hundredths = (text: string, least: number, most: number): number | null => {
  if (!/^\d{1,3}(?:\.\d+)?$/.test(text)) return null
  const value = Math.round(Number(text) * 100)
  return value >= least && value <= most ? value : null
}

/** FreeSWITCH's mod_json_cdr: one document a leg. */
export const freeSwitchJson = jsonFormat({
  name: 'freeswitch-json',
  summary: 'FreeSWITCH documents by mod_json_cdr: one a file, an array, or one a line',
  call(document, options): ParsedCall {
    const variables = objectIn(document, 'variables')
    const value = (name: string): string => decoded(textIn(variables, name))
    const profile = firstProfile(document)
    const uuid = textIn(variables, 'uuid') || textIn(profile, 'uuid')
    if (uuid === '') throw badInput('variables.uuid', 'is missing')
    const startedAt = instantOf(variables, 'start')
    if (startedAt === null) throw badInput('variables.start_epoch', 'is missing')
    const answeredAt = instantOf(variables, 'answer')
    const answered = answeredAt !== null
    const progress = instantOf(variables, 'progress') ?? instantOf(variables, 'progress_media')
    const way = value('direction') || textIn(objectIn(document, 'channel_data'), 'direction')
    const q850 = value('hangup_cause_q850')
    const named = causeByName(value('hangup_cause'))
    // The name says more than the number: the switch's own causes have a number only by approximation.
    const cause =
      named.q850 === null && /^\d{1,3}$/.test(q850) ? { ...causeByNumber(Number(q850)), ...namedParts(named) } : named
    const end = endOf(cause, answered)
    const status = value('sip_term_status')
    const disposition = value('sip_hangup_disposition')
    const ip = value('sip_network_ip')
    const { duration, billsec } = { duration: value('duration'), billsec: value('billsec') }
    return {
      accountCode: value('accountcode'),
      key: JSON.stringify([uuid]),
      host: textIn(document, 'switchname') || value('switchname') || null,
      callId: value('sip_call_id') || uuid,
      direction: way === 'inbound' ? 'FROM_COMPANY' : way === 'outbound' ? 'TO_COMPANY' : options.direction,
      ...callTimes({
        startedAt,
        answeredAt,
        endedAt: instantOf(variables, 'end'),
        answered,
        duration: parseWhole('variables.duration', duration),
        billsec: parseWhole('variables.billsec', billsec)
      }),
      cli: normaliseNumber(
        'caller_id_number',
        decoded(textIn(profile, 'caller_id_number')) || value('caller_id_number')
      ),
      destination: normaliseNumber(
        'destination_number',
        decoded(textIn(profile, 'destination_number')) || value('destination_number') || value('sip_req_user')
      ),
      pdd: progress === null || progress < startedAt ? null : progress - startedAt,
      charge: null,
      q850Cause: end.q850Cause,
      sipCode: !answered && /^[1-6]\d\d$/.test(status) ? Number(status) : end.sipCode,
      releaseReason:
        answered && end.releaseReason === 'UNKNOWN'
          ? (whoHungUp(disposition, way === 'outbound') ?? 'UNKNOWN')
          : !answered && disposition === 'recv_cancel'
            ? 'CANCELLED'
            : end.releaseReason,
      sourceIp: isIP(ip) === 0 ? null : ip,
      authName: value('sip_auth_username') || null,
      codec: value('read_codec') || null,
      mosHundredths: hundredths(value('rtp_audio_in_mos'), 100, 500)
    }
  }
})

/** What a cause of the switch's own says by its name. */
const namedParts = (cause: ReturnType<typeof causeByName>) =>
  cause.reason === 'UNKNOWN' && cause.sip === null ? {} : { sip: cause.sip, reason: cause.reason }
