import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { consoleHost, type TestPortal } from '../support/portal.ts'

/** A run as the tests look at it. */
export interface SeenRun {
  readonly id: string
  readonly state: string
  readonly dryRun: boolean
  readonly sameFileAs: string | null
  readonly lines: number
  readonly companies: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly errors: number
  readonly refused: number
  readonly warnings: number
  readonly errorCode: string | null
  readonly error: string | null
  readonly file: { readonly id: string; readonly url: string } | null
}
export interface SeenLine {
  readonly line: number
  readonly record: string
  readonly company: string
  readonly subject: string
  readonly outcome: string | null
  readonly code: string | null
  readonly field: string | null
  readonly message: string | null
  readonly changes: readonly { readonly field: string; readonly before: string | null; readonly after: string | null }[]
  readonly warnings: readonly string[]
}

const runFields =
  'id state dryRun sameFileAs lines companies created updated unchanged errors refused warnings errorCode error file { id url }'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
export const ask = async (portal: TestPortal, document: string, variables: object = {}): Promise<any> => {
  const answer = await portal.query(consoleHost, document, {
    apiKey: portal.apiKey,
    variables: variables as Record<string, unknown>
  })
  assert.equal(answer.json?.errors, undefined, answer.text)
  return answer.json.data
}

export const upload = async (portal: TestPortal, content: string | Buffer, name = 'companies.csv'): Promise<string> => {
  const answer = await portal.request(consoleHost, `/operator/files?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    apiKey: portal.apiKey,
    headers: { 'content-type': 'text/csv' },
    body: content
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

const finished = async (portal: TestPortal, id: string): Promise<SeenRun> => {
  for (;;) {
    // Carried out here and now; where the server does it, there may be nothing left to do.
    await portal.installation.jobs.runDue()
    const { onboardingRun } = await ask(portal, `query ($id: ID!) { onboardingRun(id: $id) { ${runFields} } }`, { id })
    if (onboardingRun.state === 'DONE' || onboardingRun.state === 'FAILED') return onboardingRun
    await sleep(20)
  }
}

export const linesOf = async (
  portal: TestPortal,
  runId: string,
  outcome: string | null = null
): Promise<SeenLine[]> => {
  const lines: SeenLine[] = []
  for (let after: string | null = null; ; ) {
    const { onboardingLines } = await ask(
      portal,
      `query ($runId: ID!, $outcome: OnboardingOutcome, $after: String) {
        onboardingLines(runId: $runId, outcome: $outcome, first: 500, after: $after) {
          nodes { line record company subject outcome code field message changes { field before after } warnings }
          pageInfo { endCursor hasNextPage }
        }
      }`,
      { runId, outcome, after }
    )
    lines.push(...onboardingLines.nodes)
    if (!onboardingLines.pageInfo.hasNextPage) return lines
    after = onboardingLines.pageInfo.endCursor
  }
}

/** Uploads a file and waits until it is taken in. */
export const onboard = async (
  portal: TestPortal,
  content: string | Buffer,
  dryRun = false
): Promise<{ readonly run: SeenRun; readonly lines: readonly SeenLine[] }> => {
  const fileId = await upload(portal, content)
  const { startOnboarding } = await ask(
    portal,
    'mutation ($fileId: ID!, $dryRun: Boolean!) { startOnboarding(fileId: $fileId, dryRun: $dryRun) { id } }',
    { fileId, dryRun }
  )
  const run = await finished(portal, startOnboarding.id)
  return { run, lines: await linesOf(portal, run.id) }
}

/** The text of an export of all companies, or of some. */
export const exported = async (portal: TestPortal, selection: object = {}): Promise<string> => {
  const { exportOnboarding } = await ask(
    portal,
    'mutation ($domainId: ID, $companyIds: [ID!]) { exportOnboarding(domainId: $domainId, companyIds: $companyIds) { id } }',
    selection
  )
  const run = await finished(portal, exportOnboarding.id)
  assert.equal(run.state, 'DONE', run.error ?? '')
  const answer = await portal.request(consoleHost, run.file!.url, { apiKey: portal.apiKey })
  assert.equal(answer.status, 200)
  return answer.text
}
