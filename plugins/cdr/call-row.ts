import { type Call, callRowId } from './call.ts'

/** What the roll-ups need of a leg, new or stored. Driver values: integers may come as texts. */
export interface RolledLeg {
  readonly company_id: string
  readonly started_at: number | string
  readonly leg: string
  readonly direction: string
  readonly destination_code: string | null
  readonly destination_name: string | null
  readonly card_name: string | null
  readonly tech_prefix: string | null
  readonly currency: string
  readonly answered_at: number | string | null
  readonly duration: number
  readonly billed_duration: number
  /** 10^-6 units as text. */
  readonly charge: string | null
  readonly pdd: number | null
  readonly dtmf_count: number | null
  readonly release_reason: string
}

export interface CallRow extends RolledLeg, Record<string, unknown> {
  readonly id: string
}

const text = (amount: bigint | null | undefined): string | null =>
  amount === null || amount === undefined ? null : String(amount)

/** A call as a row of `cdr_call`; amounts as texts, which both databases turn into 64-bit integers. */
export const callRow = (call: Call, batch: number | null = null): CallRow => ({
  company_id: call.companyId,
  started_at: call.startedAt,
  id: callRowId(call),
  leg: call.leg,
  source: call.source,
  call_id: call.callId,
  direction: call.direction,
  answered_at: call.answeredAt ?? null,
  ended_at: call.endedAt,
  cli: call.cli,
  asserted_id: call.assertedId ?? null,
  destination: call.destination,
  tech_prefix: call.techPrefix ?? null,
  lrn: call.lrn ?? null,
  destination_code: call.destinationCode ?? null,
  destination_name: call.destinationName ?? null,
  jurisdiction: call.jurisdiction ?? null,
  card_id: call.cardId ?? null,
  card_name: call.cardName ?? null,
  duration: call.duration,
  billed_duration: call.billedDuration,
  ring_duration: call.ringDuration ?? null,
  pdd: call.pdd ?? null,
  pdd_in: call.pddIn ?? null,
  rate: text(call.rate),
  connect_cost: text(call.connectCost),
  charge: text(call.charge),
  currency: call.currency,
  sip_code: call.sipCode ?? null,
  sip_reason: call.sipReason ?? null,
  q850_cause: call.q850Cause ?? null,
  release_reason: call.releaseReason,
  source_ip: call.sourceIp ?? null,
  gateway_ip: call.gatewayIp ?? null,
  auth_name: call.authName ?? null,
  dtmf: call.dtmf ?? null,
  dtmf_count: call.dtmfCount ?? null,
  codec: call.codec ?? null,
  rtp_server: call.rtpServer ?? null,
  mos: call.mosHundredths ?? null,
  jitter_ms: call.jitterMs ?? null,
  packet_loss: call.packetLossHundredths ?? null,
  rtt_ms: call.rttMs ?? null,
  recording_id: call.recordingId ?? null,
  stir_shaken_attest: call.stirShakenAttest ?? null,
  dnc_status: call.dncStatus ?? null,
  batch
})
