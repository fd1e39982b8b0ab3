import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import type { CompanyScope } from '../core/scope.ts'
import type { Viewer } from '../core/viewer.ts'
import { forEachDatabase, type TestDatabase } from '../test/support/databases.ts'
import { notesPlugin } from '../test/support/notes-plugin.ts'
import { createCompanyScope } from './company-scope.ts'
import { rowsOf } from './sql.ts'

const viewerOf = (companyId: string, userType: Viewer['userType'] = 'CUSTOMER'): Viewer => ({
  sessionId: 's',
  contactId: `contact-of-${companyId}`,
  contactName: 'Ann',
  email: 'ann@example.test',
  companyId,
  companyName: companyId,
  companyStatus: 'ACTIVE',
  currency: 'EUR',
  userType,
  domainId: 'brand',
  homeDomainId: null,
  ip: '192.0.2.1'
})

forEachDatabase('company scope', open => {
  let db: TestDatabase
  let mine: CompanyScope
  let theirs: CompanyScope

  before(async () => {
    db = await open({ plugins: [notesPlugin] })
    mine = createCompanyScope(db, [notesPlugin], viewerOf('mine'), { at: 0 })
    theirs = createCompanyScope(db, [notesPlugin], viewerOf('theirs'), { at: 0 })
    await mine.insert('note', [
      { id: 'm1', body: 'one', pinned: true },
      { id: 'm2', body: 'two', company_id: 'theirs' }
    ])
    await theirs.insert('note', { id: 't1', body: 'secret', pinned: false })
    await theirs.insert('note_tag', { id: 'tt1', note_id: 't1', tag: 'private' })
    await mine.insert('note_tag', { id: 'mt1', note_id: 'm1', tag: 'open' })
  })

  const ids = (rows: readonly { id: string }[]) => rows.map(row => row.id).sort()

  it('stamps inserts with the company, whatever the row says', async () => {
    const rows = await rowsOf(db.reader, "SELECT id FROM note WHERE company_id = 'mine' ORDER BY id")
    assert.deepEqual(rows, [{ id: 'm1' }, { id: 'm2' }])
  })

  it('keeps an orWhere inside the company', async () => {
    assert.deepEqual(ids(await mine.from('note').where('id', 'm1').orWhere('id', 't1').orWhereRaw('1 = 1')), [
      'm1',
      'm2'
    ])
    assert.equal(await mine.update('note', query => query.where('id', 'x').orWhereRaw('1 = 1'), { body: 'changed' }), 2)
    assert.equal((await theirs.from('note').first()).body, 'secret')
    assert.equal(await mine.delete('note', query => query.where('id', 't1').orWhere('company_id', 'theirs')), 0)
    assert.equal((await theirs.from('note')).length, 1)
  })

  it('joins and sub-queries reach the company only', async () => {
    const joined = await mine
      .from('note')
      .leftJoin(mine.joinable('note_tag', 't'), join => join.on('t.note_id', 'note.id').orOnVal('t.tag', 'private'))
      .select('note.id', 't.tag')
    assert.deepEqual(joined.map((row: { tag: string | null }) => row.tag).sort(), ['open', null].sort())
    const inner = await mine.from('note').whereIn('id', mine.from('note_tag').select('note_id')).select('id')
    assert.deepEqual(ids(inner), ['m1'])
    const self = await mine.from('note', 'a').join(mine.joinable('note', 'b'), 'a.id', 'b.id').select('a.id')
    assert.deepEqual(ids(self), ['m1', 'm2'])
    const both = await mine.from('note').select('id').union(mine.from('note_tag').select('id'))
    assert.deepEqual(ids(both), ['m1', 'm2', 'mt1'])
    const named = await mine
      .from('note')
      .with('x', mine.from('note_tag').select('note_id'))
      .join('x', 'x.note_id', 'note.id')
      .select('note.id')
    assert.deepEqual(ids(named), ['m1'])
  })

  const escapes: Record<string, () => unknown> = {
    'from() of an undeclared table': () => mine.from('company'),
    'joinable() of an undeclared table': () => mine.joinable('contact'),
    'insert into an undeclared table': () => mine.insert('company', { id: 'x' }),
    'a bare table in join': () => mine.from('note').join('note_tag', 'note_tag.note_id', 'note.id'),
    'a bare table in join under an alias': () => mine.from('note').join('note_tag as t', 't.note_id', 'note.id'),
    'a bare table in an alias object': () => mine.from('note').join({ t: 'note_tag' }, 't.note_id', 'note.id'),
    'from() of the builder': () => mine.from('note').from('note_tag'),
    'a sub-query over a bare table': () => mine.from('note').whereIn('id', query => query.from('note').select('id')),
    'whereExists over a bare table': () => mine.from('note').whereExists(query => query.from('company').select('id')),
    'a union with a bare table': () =>
      mine
        .from('note')
        .select('id')
        .union(query => query.from('note').select('id')),
    'a selected sub-query': () =>
      mine.from('note').select({
        x: (query: { from(t: string): { max(c: string): unknown } }) => query.from('note').max('body')
      } as never),
    'with over a bare table': () =>
      mine
        .from('note')
        .with('x', query => query.from('note'))
        .join('x', 'x.id', 'note.id'),
    whereRaw: () => mine.from('note').whereRaw('id IN (SELECT id FROM note)'),
    joinRaw: () => mine.from('note').joinRaw('JOIN note_tag ON true'),
    fromRaw: () => mine.from('note').fromRaw('note'),
    'raw with a table': () => mine.raw('(SELECT max(body) FROM note)'),
    'raw with a comment': () => mine.raw('1 -- '),
    'update on the builder': () => mine.from('note').update({ body: 'x' }),
    'delete on the builder': () => mine.from('note').delete(),
    'truncate on the builder': () => mine.from('note').truncate(),
    'a sub-query inside update': () =>
      mine.update('note', query => query.whereIn('id', q => q.from('note_tag').select('id')), { body: 'x' }),
    'a sub-query as a new value': () =>
      mine.update('note', query => query.where('id', 'm1'), { body: mine.raw('(SELECT 1)') }),
    'a new owner': () => mine.update('note', query => query.where('id', 'm1'), { company_id: 'theirs' }),
    'a new owner in capitals': () =>
      mine.update('note', query => query.where('id', 'm1'), { 'note.COMPANY_ID': 'theirs' })
  }
  for (const [name, attempt] of Object.entries(escapes))
    it(`refuses ${name}`, async () => {
      await assert.rejects(async () => await attempt())
      assert.equal((await theirs.from('note')).length, 1)
    })

  it('has no rows for a user type without a scope column', async () => {
    const carrier = createCompanyScope(db, [notesPlugin], viewerOf('mine', 'CARRIER'), { at: 0 })
    assert.deepEqual(await carrier.from('note'), [])
    await assert.rejects(() => carrier.insert('note', { id: 'c1', body: 'x' }))
    await assert.rejects(() => carrier.update('note', () => {}, { body: 'x' }))
  })

  it('rolls a transaction back as a whole, with its audit entry', async () => {
    await assert.rejects(
      mine.transaction(async scope => {
        await scope.insert('note', { id: 'gone', body: 'x' })
        await scope.audit({ action: 'note.create', target: 'gone' })
        assert.equal((await scope.from('note').where('id', 'gone')).length, 1)
        throw new Error('no')
      }),
      /no/
    )
    assert.equal((await mine.from('note').where('id', 'gone')).length, 0)
    assert.deepEqual(await rowsOf(db.reader, "SELECT id FROM audit_entry WHERE target = 'gone'"), [])
  })

  it('a lock lets one transaction of a company through at a time, and no other company waits for it', async () => {
    await assert.rejects(mine.lock('notes'), /inside scope.transaction/)
    const theirs = createCompanyScope(db, [notesPlugin], viewerOf('theirs'), { at: 0 })
    const order: string[] = []
    const turn = (scope: typeof mine, name: string, wait: number) =>
      scope.transaction(async inner => {
        await inner.lock('notes')
        order.push(`${name} in`)
        await new Promise(resolve => setTimeout(resolve, wait))
        order.push(`${name} out`)
      })
    await Promise.all([turn(mine, 'a', 150), turn(mine, 'b', 150)])
    assert.equal(order[0]!.slice(0, 1), order[1]!.slice(0, 1), 'the second waited')
    assert.equal(order.length, 4)
    if (db.dialect === 'sqlite') return
    await mine.transaction(async inner => {
      await inner.lock('notes')
      await turn(theirs, 'c', 0)
      await inner.lock('notes')
    })
  })

  it('audits with company, brand and address', async () => {
    await mine.audit({ action: 'note.edit', target: 'm1', before: { n: 1 }, after: { n: 2n } })
    const [entry] = await rowsOf(
      db.reader,
      "SELECT actor, company_id, domain_id, ip, after FROM audit_entry WHERE target = 'm1'"
    )
    assert.deepEqual(entry, {
      actor: 'contact:contact-of-mine',
      company_id: 'mine',
      domain_id: 'brand',
      ip: '192.0.2.1',
      after: '{"n":"2"}'
    })
  })

  it('inserts many rows', async () => {
    const many = createCompanyScope(db, [notesPlugin], viewerOf('many'), { at: 0 })
    await many.insert(
      'note',
      Array.from({ length: 1500 }, (_, index) => ({ id: `n${index}`, body: 'x', pinned: index % 2 === 0 }))
    )
    assert.equal(Number((await many.from('note').where('pinned', 1).count({ n: '*' }).first()).n), 750)
  })
})
