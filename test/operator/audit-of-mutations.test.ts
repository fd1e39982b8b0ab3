import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StaffRole } from '../../core/viewer.ts'
import { rowsOf } from '../../db/sql.ts'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { hashPassword } from '../../http/passwords.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { codeOf, stepAt } from '../../http/totp.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import {
  type Answer,
  consoleHost,
  type RequestInput,
  startPortal,
  type TestPortal,
  testActor
} from '../support/portal.ts'

// Every mutation of the operators' schema, once, in an order in which each finds something to change. Each leaves one audit entry
// for each thing it changed, with what was and what became, and none of them holds a secret. The same call again, where
// there is nothing left to change or the version is stale, leaves none.

const schema = operatorSchemaOf(mergeOperatorSchema(plugins, ['CDR', 'BREAKOUT']))

interface Row {
  readonly seq: number
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string | null
  readonly operation: string | null
}

// biome-ignore lint/suspicious/noExplicitAny: answers have many shapes
type Data = any

class Story {
  readonly portal: TestPortal
  readonly secrets = new Set<string>()
  readonly done = new Set<string>()
  readonly #operations = new Set<string | null>()
  #seq = 0

  constructor(portal: TestPortal) {
    this.portal = portal
  }

  async start(): Promise<void> {
    this.#seq = (await this.#entries()).at(-1)?.seq ?? 0
  }

  #entries(): Promise<readonly Row[]> {
    return rowsOf<Row>(
      this.portal.database.reader,
      'SELECT seq, actor, action, target, before, after, reason, operation FROM audit_entry WHERE seq > ? ORDER BY seq',
      [this.#seq]
    )
  }

  /** Entries since the last call. */
  async fresh(): Promise<readonly Row[]> {
    const rows = await this.#entries()
    this.#seq = rows.at(-1)?.seq ?? this.#seq
    return rows
  }

  ask(document: string, credential: RequestInput = { apiKey: this.portal.apiKey }): Promise<Answer> {
    return this.portal.query(consoleHost, document, credential)
  }

  async read(document: string): Promise<Data> {
    const answer = await this.ask(document)
    assert.equal(answer.json.errors, undefined, answer.text)
    return answer.json.data
  }

  /**
   * One mutation that changes `entries` things.
   * @param call the field with arguments and selection
   */
  async change(
    call: string,
    options: {
      readonly entries?: number
      readonly credential?: RequestInput
      /** Something that was not there before, or that is gone: one side is enough. */
      readonly oneSided?: boolean
      /** Work that goes on in the background and leaves the entries. */
      readonly job?: boolean
    } = {}
  ): Promise<Data> {
    const name = /^\w+/.exec(call)![0]
    const answer = await this.ask(`mutation { ${call} }`, options.credential)
    assert.equal(answer.json?.errors, undefined, `${call}: ${answer.text}`)
    if (options.job) await this.portal.installation.jobs.runDue()
    const entries = await this.fresh()
    assert.equal(entries.length, options.entries ?? 1, `${call}: ${JSON.stringify(entries, null, 1)}`)
    const targets = new Set(entries.map(entry => entry.target))
    assert.equal(targets.size, entries.length, `${call}: one thing, two entries: ${JSON.stringify(entries)}`)
    const [operation, ...others] = new Set(entries.map(entry => entry.operation))
    // What a job of a plugin does is nobody's call any more.
    if (!(options.job && operation === null)) {
      assert.deepEqual(others, [], `${call}: one call, several operations`)
      assert.ok(operation != null && !this.#operations.has(operation), `${call}: ${operation} is no new operation`)
    }
    this.#operations.add(operation ?? null)
    for (const entry of entries) {
      assert.ok(entry.target !== '' && entry.actor !== '', JSON.stringify(entry))
      const sides = [entry.before, entry.after].filter(side => side !== null && side !== '{}')
      assert.ok(sides.length >= (options.oneSided ? 1 : 2), `${name} says too little: ${JSON.stringify(entry)}`)
      // A secret is masked on both sides.
      if (sides.length === 2 && !entry.after?.includes('***'))
        assert.notEqual(entry.before, entry.after, `${name}: ${JSON.stringify(entry)}`)
    }
    this.done.add(name)
    return answer.json.data[name]
  }

  /** A call that changes nothing: refused with one of the codes, or idle. */
  async nothing(call: string, ...codes: readonly string[]): Promise<void> {
    const answer = await this.ask(`mutation { ${call} }`)
    const got: readonly string[] = (answer.json?.errors ?? []).map((error: Data) => error.extensions.code)
    if (codes.length > 0)
      assert.ok(
        got.some(code => codes.includes(code)),
        `${call}: ${answer.text}`
      )
    else assert.deepEqual(got, [], `${call}: ${answer.text}`)
    assert.deepEqual(await this.fresh(), [], call)
  }

  async upload(name: string, content: string): Promise<string> {
    const answer = await this.portal.request(consoleHost, `/operator/files?name=${name}`, {
      method: 'POST',
      apiKey: this.portal.apiKey,
      headers: { 'content-type': 'text/csv' },
      body: content
    })
    assert.equal(answer.status, 201, answer.text)
    return answer.json.id
  }

  secret(text: string): string {
    this.secrets.add(text)
    return text
  }
}

/** What an authenticator app shows. @param secret base32 */
const totpCode = (secret: string, at: number): string => {
  const bits = [...secret].map(sign => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2))
  return codeOf(Buffer.from(bytes), stepAt(at))
}

const password = 'a first pass phrase of mine'
const second = 'a second pass phrase of mine'
const callFile = `"CODE","1001","442079460000","default","""A"" <1001>","SIP/a","SIP/b","Dial","x","2026-03-01 10:00:00","2026-03-01 10:00:05","2026-03-01 10:01:05",65,60,"ANSWERED","DOCUMENTATION","1772359200.1",""
`

forEachDatabase('every mutation', open => {
  test('leaves one audit entry for each thing it changed, without secrets, and none when it changed nothing', async t => {
    const portal = await startPortal(t, {
      open,
      plugins,
      settings: { secret: 'a secret of at least thirty-two characters' }
    })
    const story = new Story(portal)
    const { acme, globex } = portal.world
    const { staff, sessions } = portal.installation.people
    const versionOf = async (type: 'company' | 'contact' | 'portalDomain', id: string): Promise<number> =>
      (await story.read(`{ ${type}(id: "${id}") { version } }`))[type].version
    await story.start()

    // Brands.
    const brand = await story.change(
      'createPortalDomain(input: { fqdn: "third.example.net", brandName: "Third", currencies: ["EUR"], features: ["cdr"] }) { id version }',
      { oneSided: true }
    )
    await story.change(
      `updatePortalDomain(id: "${brand.id}", expectedVersion: ${brand.version}, input: { brandName: "New" }) { id }`
    )
    await story.nothing(
      `updatePortalDomain(id: "${brand.id}", expectedVersion: ${brand.version}, input: { brandName: "Other" }) { id }`,
      'CONFLICT'
    )
    const features = `setDomainFeatures(domainId: "${brand.id}", features: [{ key: "did", enabled: true }]) { version }`
    await story.change(features)
    const columns = await story.read('{ columnCatalog(report: CDR, userType: CUSTOMER) { name } }')
    await story.change(
      `setDomainColumns(domainId: "${brand.id}", report: CDR, userType: CUSTOMER, columns: ["${columns.columnCatalog[0].name}"]) { version }`
    )
    const move = async (name: string, id: string, more = ''): Promise<void> => {
      await story.change(
        `${name}(id: "${id}", expectedVersion: ${await versionOf('portalDomain', id)}${more}) { id }`,
        {
          entries: name === 'setDefaultPortalDomain' ? 2 : 1
        }
      )
    }
    await move('disablePortalDomain', brand.id, ', reason: "moving"')
    await move('enablePortalDomain', brand.id)
    await move('setDefaultPortalDomain', brand.id)
    await move('setDefaultPortalDomain', acme.id)

    // Companies.
    const company = await story.change(
      `createCompany(input: { name: "Ada", userType: CUSTOMER, currency: "EUR", domainId: "${acme.id}", accountCodes: ["CODE-0"] }) { id version }`,
      { oneSided: true }
    )
    const other = await portal.company('Ben', { status: 'PENDING_APPROVAL' })
    const carrier = await portal.company('Carl', { userType: 'CARRIER' })
    await story.fresh()
    await story.change(
      `updateCompany(id: "${company.id}", expectedVersion: ${company.version}, input: { name: "Ada Ltd", accountCodes: ["CODE"] }) { id }`
    )
    await story.nothing(
      `updateCompany(id: "${company.id}", expectedVersion: ${company.version}, input: { name: "X" }) { id }`,
      'CONFLICT'
    )
    for (const [name, id] of [
      ['approveCompany', other.id],
      ['suspendCompany', other.id],
      ['reopenCompany', other.id],
      ['closeCompany', other.id],
      ['reopenCompany', other.id]
    ] as const)
      await story.change(
        `${name}(id: "${id}", expectedVersion: ${await versionOf('company', id)}, reason: "as agreed") { status }`
      )
    await story.nothing(
      `approveCompany(id: "${other.id}", expectedVersion: ${await versionOf('company', other.id)}) { id }`,
      'PRECONDITION_FAILED'
    )
    await story.change(`assignCompanyDomain(companyId: "${other.id}", domainId: "${globex.id}") { id }`)
    await story.change(
      `bulkAssignDomain(companyIds: ["${other.id}", "${company.id}"], domainId: "${brand.id}") { ok }`,
      {
        entries: 2
      }
    )
    await story.change(
      `deletePortalDomain(id: "${brand.id}", expectedVersion: ${await versionOf('portalDomain', brand.id)}, reassignTo: "${acme.id}") { companiesMoved }`,
      { entries: 3, oneSided: true }
    )
    await story.nothing(`deletePortalDomain(id: "${brand.id}", expectedVersion: 1) { id }`, 'NOT_FOUND')

    // Access.
    await story.change(
      `setCompanyOverrides(companyId: "${company.id}", overrides: [{ key: "did", override: HIDE, reason: "asked" }, { key: "cdr", override: SHOW }]) { id }`
    )
    const [last] = (await story.read(`{ auditLog(target: "${company.id}", first: 1) { nodes { id } } }`)).auditLog.nodes
    await story.change(`revertChange(auditId: "${last.id}") { id }`)
    await story.nothing(`revertChange(auditId: "${last.id}") { id }`, 'CONFLICT')
    await story.change(
      `bulkSetCompanyOverrides(companyIds: ["${company.id}", "${other.id}"], overrides: [{ key: "ivr", override: HIDE }]) { ok }`,
      { entries: 2 }
    )
    const [hidden] = (await story.read(`{ auditLog(target: "${other.id}", first: 1) { nodes { operation } } }`))
      .auditLog.nodes
    await story.change(`revertOperation(operation: "${hidden.operation}") { ok }`, { entries: 2 })
    await story.nothing(`revertOperation(operation: "${hidden.operation}") { ok }`)
    const template = await story.change(
      'createAccessTemplate(input: { name: "Resellers", overrides: [{ key: "balance", override: HIDE }] }) { id version }',
      { oneSided: true }
    )
    const both = `companyIds: ["${company.id}", "${other.id}"]`
    await story.change(`applyAccessTemplate(id: "${template.id}", ${both}) { ok }`, { entries: 2 })
    await story.nothing(`applyAccessTemplate(id: "${template.id}", ${both}) { ok }`)
    for (const name of ['applyAccessTemplate', 'reapplyAccessTemplate', 'liftAccessTemplate'])
      await story.nothing(`${name}(id: "${template.id}", ${both}, expectedVersion: 99) { ok }`, 'CONFLICT')
    await story.change(
      `updateAccessTemplate(id: "${template.id}", expectedVersion: ${template.version}, change: { overrides: [{ key: "balance", override: SHOW }] }) { id }`
    )
    await story.change(`reapplyAccessTemplate(id: "${template.id}") { ok }`, { entries: 2 })
    await story.nothing(`deleteAccessTemplate(id: "${template.id}")`, 'PRECONDITION_FAILED')
    await story.change(`liftAccessTemplate(id: "${template.id}") { ok }`, { entries: 2 })
    await story.change(`deleteAccessTemplate(id: "${template.id}")`, { oneSided: true })
    await portal.override(company, 'cdr', 'SHOW')
    await story.fresh()
    const idle = await story.read('{ overrideHygiene(reason: EQUAL_TO_DEFAULT) { totalCount companyCount } }')
    await story.change(
      `cleanUpOverrides(reason: EQUAL_TO_DEFAULT, expectedCount: ${idle.overrideHygiene.totalCount}) { removed }`,
      { entries: idle.overrideHygiene.companyCount }
    )
    await story.change('setPluginEnabled(name: "did", enabled: false) { plugins { name } }')
    await story.change('setPluginEnabled(name: "did", enabled: true) { plugins { name } }')
    const [entitlement] = (await story.read('{ platform { entitlements { name present } } }')).platform.entitlements
    await story.change(
      `setEntitlement(name: "${entitlement.name}", present: ${!entitlement.present}) { plugins { name } }`
    )
    await story.change('exportAuditLog(filter: { action: "createCompany" }) { id }', { oneSided: true })
    await story.change(`exportAccessHistory(companyId: "${company.id}") { id }`, { oneSided: true })

    // Contacts.
    const contact = await story.change(
      `createContact(input: { companyId: "${company.id}", name: "Ann", email: "ann@example.net", password: "${story.secret(password)}" }) { id version }`,
      { oneSided: true }
    )
    await story.change(
      `updateContact(id: "${contact.id}", expectedVersion: ${contact.version}, input: { name: "Anna", ipAllowList: ["192.0.2.0/24"] }) { id }`
    )
    await story.nothing(
      `updateContact(id: "${contact.id}", expectedVersion: ${contact.version}, input: { name: "B" }) { id }`,
      'CONFLICT'
    )
    await story.change(`disableContact(id: "${contact.id}") { id }`)
    await story.nothing(`disableContact(id: "${contact.id}") { id }`)
    await story.change(`enableContact(id: "${contact.id}") { id }`)
    for (const name of ['createSignInLink', 'resetContactPassword']) {
      const { url } = await story.change(`${name}(contactId: "${contact.id}") { url }`, { oneSided: true })
      story.secret(String(url).split(/[=/#]/).at(-1)!)
    }
    const sessionOf = async (): Promise<string | null> => {
      const tokenHash = hashToken(newToken())
      return sessions.createContactSession({ tokenHash, contactId: contact.id, domainId: acme.id, ip: '192.0.2.1' })
    }
    await story.fresh()
    await story.change(`endContactSession(id: "${await sessionOf()}")`, { oneSided: true })
    await sessionOf()
    await story.change(`endContactSessions(contactId: "${contact.id}")`, { oneSided: true })
    await story.nothing(`endContactSessions(contactId: "${contact.id}")`)
    await portal.database
      .writer('contact')
      .where({ id: contact.id })
      .update({ locked_until: Date.now() + 600_000 })
    await story.change(`unlockContact(id: "${contact.id}") { id }`)
    const { url } = await story.change(`viewAs(contactId: "${contact.id}") { url }`, { oneSided: true })
    story.secret(new URL(url).searchParams.get('ticket')!)

    // Staff.
    const created = await story.change(
      'createStaff(input: { name: "Sue", email: "sue@staff.example", role: SUPPORT }) { staff { id version } link { url } }',
      { oneSided: true }
    )
    story.secret(String(created.link.url).split(/[=/#]/).at(-1)!)
    const sue = created.staff.id
    await story.change(
      `updateStaff(id: "${sue}", expectedVersion: ${created.staff.version}, input: { role: AUDITOR }) { id }`
    )
    await story.nothing(
      `updateStaff(id: "${sue}", expectedVersion: ${created.staff.version}, input: { role: ADMIN }) { id }`,
      'CONFLICT'
    )
    const link = await story.change(`resetStaffPassword(id: "${sue}") { url }`, { oneSided: true })
    story.secret(String(link.url).split(/[=/#]/).at(-1)!)
    await portal.database
      .writer('staff')
      .where({ id: sue })
      .update({ locked_until: Date.now() + 600_000 })
    await story.change(`unlockStaff(id: "${sue}") { id }`)
    const member = async (role: StaffRole): Promise<{ readonly id: string; readonly session: string }> => {
      const person = await staff.create(
        { name: role, email: `${role}@staff.example`, passwordHash: await hashPassword(story.secret(password)), role },
        testActor
      )
      const session = newToken()
      await sessions.createStaffSession({ tokenHash: hashToken(session), staffId: person.id, ip: '127.0.0.1' })
      return { id: person.id, session }
    }
    const bob = await member('SUPPORT')
    await story.fresh()
    const credential = { session: bob.session }
    const setup = await story.change(`startTwoFactor(password: "${password}") { secret uri }`, {
      credential,
      oneSided: true
    })
    story.secret(setup.secret)
    const code = totpCode(setup.secret, Date.now())
    const recovery: readonly string[] = await story.change(`confirmTwoFactor(code: "${code}")`, {
      credential,
      oneSided: true
    })
    for (const each of recovery) story.secret(each)
    await story.change(`disableTwoFactor(code: "${recovery[0]}")`, { credential, oneSided: true })
    await story.change(`changeMyPassword(oldPassword: "${password}", newPassword: "${story.secret(second)}")`, {
      credential,
      oneSided: true
    })
    const again = await story.change(`startTwoFactor(password: "${second}") { secret }`, { credential, oneSided: true })
    story.secret(again.secret)
    await story.change(`confirmTwoFactor(code: "${totpCode(again.secret, Date.now())}")`, {
      credential,
      oneSided: true
    })
    await story.change(`resetStaffTwoFactor(id: "${bob.id}") { id }`)
    const extra = async (): Promise<string> =>
      sessions.createStaffSession({ tokenHash: hashToken(newToken()), staffId: bob.id, ip: '127.0.0.1' })
    const one = await extra()
    await story.fresh()
    await story.change(`endStaffSession(id: "${one}")`, { oneSided: true })
    await extra()
    await story.change(`endStaffSessions(staffId: "${bob.id}")`, { oneSided: true })

    // Keys.
    const key = await story.change('createApiKey(name: "billing", role: AUDITOR) { id secret }', { oneSided: true })
    story.secret(key.secret)
    const rotated = await story.change(`rotateApiKey(id: "${key.id}", overlapHours: 2) { secret }`, { oneSided: true })
    story.secret(rotated.secret)
    await story.change(`revokeApiKey(id: "${key.id}") { id }`, { oneSided: true })
    await story.nothing(`revokeApiKey(id: "${key.id}") { id }`)

    // Numbers.
    const settings = `settings: { country: "GB", carrierId: "${carrier.id}" }`
    const number = await story.change(`createNumber(number: "442079460001", ${settings}) { id version }`, {
      oneSided: true
    })
    await story.nothing(`createNumber(number: "+44 20 7946 0001", ${settings}) { id }`, 'CONFLICT')
    await story.change(`createNumbers(numbers: ["442079460002", "442079460003"], ${settings}) { done }`, {
      entries: 2,
      oneSided: true
    })
    await story.change(`createNumberRange(from: "442079460010", count: 3, ${settings}) { done }`, {
      entries: 3,
      oneSided: true
    })
    await story.change(
      `assignNumber(id: "${number.id}", companyId: "${company.id}", expectedVersion: ${number.version}) { id }`
    )
    await story.nothing(
      `assignNumber(id: "${number.id}", companyId: "${company.id}", expectedVersion: ${number.version}) { id }`,
      'CONFLICT'
    )
    await story.change(`moveNumber(id: "${number.id}", companyId: "${other.id}", reason: "sold") { id }`)
    await story.change(`updateNumber(id: "${number.id}", settings: { notes: "main line" }) { id }`)
    await story.nothing(`deleteNumber(id: "${number.id}")`, 'CONFLICT')
    await story.change(`releaseNumber(id: "${number.id}") { id }`)
    await story.change(`deleteNumber(id: "${number.id}")`, { oneSided: true })
    const range = 'select: { from: "442079460010", to: "442079460012" }'
    await story.change(`assignNumbers(${range}, companyId: "${company.id}") { done }`, { entries: 3 })
    await story.change(`moveNumbers(${range}, fromCompanyId: "${company.id}", companyId: "${other.id}") { done }`, {
      entries: 3
    })
    const golden = await story.change(`updateNumbers(${range}, settings: { cardName: "Gold" }) { operation }`, {
      entries: 3
    })
    await story.change(`revertNumbers(operation: "${golden.operation}") { done }`, { entries: 3 })
    await story.change(`releaseNumbers(${range}, fromCompanyId: "${other.id}") { done }`, { entries: 3 })
    await story.change(`deleteNumbers(${range}) { done }`, { entries: 3, oneSided: true })
    const numbers = await story.upload('numbers.csv', `number,country,carrier\n442079460100,GB,${carrier.id}\n`)
    await story.fresh()
    await story.change(`importNumbers(fileId: "${numbers}") { id }`, { oneSided: true, job: true })
    await story.change('exportNumbers { id }', { oneSided: true, job: true })

    // Onboarding.
    const onboarding = await story.change(`exportOnboarding(domainId: "${acme.id}") { id }`, {
      oneSided: true,
      job: true
    })
    const made = await story.read(`{ onboardingRun(id: "${onboarding.id}") { state file { id } } }`)
    assert.equal(made.onboardingRun.state, 'DONE')
    await story.change(`startOnboarding(fileId: "${made.onboardingRun.file.id}", dryRun: false) { id }`, {
      oneSided: true,
      job: true
    })
    await story.change(`exportOnboardingReport(runId: "${onboarding.id}") { id }`, { oneSided: true })

    // Calls.
    const calls = await story.upload('calls.csv', callFile)
    await story.fresh()
    const batch = await story.change(
      `importCalls(fileId: "${calls}", format: "asterisk-csv", zone: "Europe/London") { id }`,
      { oneSided: true, job: true }
    )
    const loaded = await story.read(`{ callBatch(id: "${batch.id}") { state rows loaded rejected } }`)
    assert.deepEqual(loaded.callBatch, { state: 'DONE', rows: 1, loaded: 1, rejected: 0 })
    await story.change(`undoCallBatch(id: "${batch.id}", reason: "wrong file") { id }`, { job: true })
    const unknown = await story.upload('others.csv', callFile.replace('"CODE"', '"LATER"').replace('200.1', '200.2'))
    await story.fresh()
    const rejected = await story.change(
      `importCalls(fileId: "${unknown}", format: "asterisk-csv", zone: "Europe/London") { id }`,
      { oneSided: true, job: true }
    )
    const late = await versionOf('company', company.id)
    await story.change(
      `updateCompany(id: "${company.id}", expectedVersion: ${late}, input: { accountCodes: ["CODE", "LATER"] }) { id }`
    )
    await story.change(`rerunCallBatch(id: "${rejected.id}") { id }`, { oneSided: true, job: true })
    await story.change('setCallFeedSilence(source: "asterisk-csv", minutes: 60) { version }')
    await story.change(`setCompanyCallSilence(companyId: "${company.id}", minutes: 60) { version }`)
    await story.nothing(`setCompanyCallSilence(companyId: "${company.id}", minutes: 60) { version }`)
    await story.change('setCallRetention(liveMonths: 12, keptMonths: 36) { liveMonths }')

    const all = Object.keys(schema.getMutationType()!.getFields())
    assert.deepEqual(
      all.filter(name => !story.done.has(name)),
      [],
      'mutations that this story leaves out'
    )
    const entries = await rowsOf<Row>(portal.database.reader, 'SELECT * FROM audit_entry')
    for (const entry of entries) {
      const text = JSON.stringify(entry)
      for (const secret of story.secrets) {
        assert.ok(secret.length >= 6, 'a secret was not read from the answer')
        assert.ok(!text.includes(secret), `${entry.action} holds a secret`)
        assert.ok(!text.includes(hashToken(secret)), `${entry.action} holds the hash of a secret`)
      }
      assert.ok(!/argon2|password_hash/i.test(text), text)
    }
  })
})
