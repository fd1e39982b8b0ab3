const own = { CUSTOMER: 'company_id', CARRIER: 'company_id' } as const

/** The plugin's tables and whose rows they hold. */
export const cdrTableScopes = {
  cdr_call: own,
  cdr_hourly: own,
  cdr_archive: own,
  cdr_window: own,
  cdr_archived_leg: {},
  cdr_setting: {},
  cdr_batch: {},
  cdr_batch_company: {},
  cdr_replaced: {},
  cdr_reject: {},
  cdr_feed: {},
  cdr_feed_alarm: {},
  cdr_company_feed: {}
} as const
