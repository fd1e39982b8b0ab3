import { badInput } from '../../../core/plugin-api.ts'
import { causeByName, endOf } from './causes.ts'
import { jsonFormat, objectIn, requiredIn, textIn } from './json-format.ts'
import { normaliseNumber } from './numbers.ts'
import { callTimes, parseWhole } from './parsed-call.ts'

/** Seconds between the beginnings of the Gregorian and the Unix count. */
const gregorian = 62_167_219_200

/** Kazoo's stored call records: snake_case, Gregorian seconds. */
export const kazooJson = jsonFormat({
  name: 'kazoo-json',
  summary: "Kazoo's stored call records",
  call(document, options) {
    const seconds = textIn(document, 'timestamp') || textIn(document, 'pvt_created')
    if (!/^6[2-7]\d{9}$/.test(seconds)) throw badInput('timestamp', 'is not a number of Gregorian seconds')
    const billsec = textIn(document, 'billing_seconds')
    const talk = billsec === '' ? 0 : parseWhole('billing_seconds', billsec)
    const custom = objectIn(document, 'custom_channel_vars')
    const way = textIn(document, 'call_direction')
    const dialled = textIn(document, 'callee_id_number') || textIn(document, 'to') || textIn(document, 'request')
    const callId = requiredIn(document, 'call_id')
    return {
      accountCode: textIn(custom, 'account_id') || textIn(document, 'pvt_account_id').replace(/-\d{6}$/, ''),
      key: JSON.stringify([callId]),
      host: textIn(document, 'handling_server_name') || null,
      callId,
      direction: way === 'inbound' ? 'FROM_COMPANY' : way === 'outbound' ? 'TO_COMPANY' : options.direction,
      ...callTimes({
        startedAt: (Number(seconds) - gregorian) * 1000,
        answeredAt: null,
        endedAt: null,
        answered: talk > 0,
        duration: parseWhole('duration_seconds', textIn(document, 'duration_seconds')),
        billsec: talk
      }),
      cli: normaliseNumber('caller_id_number', textIn(document, 'caller_id_number')),
      destination: normaliseNumber('to', dialled.replace(/@.*$/, '')),
      charge: null,
      ...endOf(causeByName(textIn(document, 'hangup_cause')), talk > 0)
    }
  }
})
