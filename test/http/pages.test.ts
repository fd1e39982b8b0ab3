import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { portalPagesOf } from '../../core/plugin-page.ts'
import { BuiltPages } from '../../http/built-pages.ts'
import { plugins } from '../../plugins/index.ts'
import { buildPages } from '../../web/build.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'

const acme = 'acme.localhost'
const html = 'text/html,application/xhtml+xml,*/*;q=0.8'

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
}

const ask = async (
  portal: TestPortal,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET'
): Promise<Got> => {
  const answer = await portal.server.inject({ method, url: path, headers: { host, ...headers } })
  const { statusCode: status, rawPayload: bytes } = answer
  return { status, headers: answer.headers as IncomingHttpHeaders, bytes, text: bytes.toString() }
}

/** All that tells two answers apart, but for when they were given. */
const told = ({ status, headers: { date: _, ...headers }, text }: Got): string =>
  JSON.stringify([status, headers, text])

const directives = (headers: IncomingHttpHeaders): ReadonlyMap<string, string> =>
  new Map(
    String(headers['content-security-policy'])
      .split('; ')
      .map(each => [each.split(' ')[0]!, each.split(' ').slice(1).join(' ')])
  )

describe('built pages', () => {
  let portal: TestPortal
  let pages: BuiltPages
  const cleaning: (() => unknown)[] = []
  after(async () => {
    for (const clean of cleaning.reverse()) await clean()
  })
  before(async () => {
    await buildPages(plugins)
    pages = new BuiltPages()
    portal = await startPortal({ after: clean => cleaning.push(clean) }, { plugins, pages })
  })
  const as = (session: string) => ({ cookie: `portal=${session}` })

  it('are one document for every address, named after the brand, with a policy that lets nothing foreign in', async () => {
    const first = await ask(portal, acme, '/', { accept: html })
    assert.equal(first.status, 200)
    assert.match(first.headers['content-type']!, /^text\/html; charset=utf-8$/)
    assert.equal(first.headers['cache-control'], 'no-store')
    assert.match(first.text, /<title>Acme Voice<\/title>/)
    assert.doesNotMatch(first.text, /portcullis/i)
    assert.doesNotMatch(first.text, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/)
    const policy = directives(first.headers)
    assert.equal(policy.get('default-src'), "'none'")
    assert.equal(policy.get('script-src'), "'self'")
    assert.equal(policy.get('style-src'), "'self'")
    assert.equal(policy.get('connect-src'), "'self'")
    assert.equal(policy.get('frame-ancestors'), "'none'")
    assert.doesNotMatch(String(first.headers['content-security-policy']), /unsafe|https?:|\*/)
    for (const path of ['/calls', '/calls/a/b?c=d', '/no-such-page', '/profile'])
      assert.equal(told(await ask(portal, acme, path, { accept: html })), told(first), path)

    const other = await ask(portal, 'globex.localhost', '/', { accept: html })
    assert.match(other.text, /<title>Globex Telecom<\/title>/)
    const operators = await ask(portal, consoleHost, '/', { accept: html })
    assert.match(operators.text, /<title>Portcullis<\/title>/)
    const nonce = /nonce="([^"]+)"/.exec(operators.text)?.[1]
    assert.match(
      directives(operators.headers).get('style-src')!,
      new RegExp(`^'self' 'nonce-${nonce?.replaceAll(/[+/]/g, '.')}'$`)
    )
    assert.doesNotMatch(String(operators.headers['content-security-policy']), /unsafe/)
    assert.notEqual(
      operators.text,
      (await ask(portal, consoleHost, '/', { accept: html })).text,
      'the nonce is used once'
    )
  })

  it('names of brands are text', async () => {
    const { stores } = portal.installation
    const name = '<b>"Q" & \'co\' $& </title>'
    const input = { fqdn: 'odd.localhost', brandName: name, currencies: ['EUR'], features: [] }
    await stores.brands.create(input, { operator: { actor: 'staff:t', name: 'T', role: 'ADMIN', ip: '::1' } })
    const { text } = await ask(portal, 'odd.localhost', '/', { accept: html })
    assert.match(text, /<title>&lt;b&gt;&quot;Q&quot; &amp; &#39;co&#39; \$&amp; &lt;\/title&gt;<\/title>/)
  })

  it('are sent to browsers that go somewhere, and to nobody else', async () => {
    const refused = async (got: Promise<Got>, status: number, what: string): Promise<void> => {
      const answer = await got
      assert.equal(answer.status, status, what)
      assert.doesNotMatch(answer.text, /<html|<script/i, what)
      assert.doesNotMatch(String(answer.headers['content-type']), /html/, what)
    }
    await refused(ask(portal, acme, '/'), 404, 'no accept')
    await refused(ask(portal, acme, '/', { accept: '*/*' }), 404, 'anything')
    await refused(ask(portal, acme, '/', { accept: 'application/json' }), 404, 'JSON')
    await refused(ask(portal, acme, '/', { accept: html }, 'POST'), 404, 'POST')
    await refused(ask(portal, acme, '/graphql/nothing', { accept: html }), 404, 'below the interface')
    await refused(
      ask(portal, consoleHost, '/operator/nothing', { accept: html }),
      404,
      'below the operators’ interface'
    )
    await refused(ask(portal, 'unknown.localhost', '/', { accept: html }), 404, 'unknown host')
    await refused(ask(portal, '127.0.0.1', '/', { accept: html }), 404, 'an address')
    const unknown = await ask(portal, 'unknown.localhost', '/', { accept: html })
    assert.equal(unknown.text, 'Not found\n')
    const head = await ask(portal, acme, '/calls', { accept: html }, 'HEAD')
    assert.equal(head.status, 200)
    assert.match(head.headers['content-type']!, /html/)
    assert.equal(head.text, '')
  })

  it('bring scripts and styles that keep for good, compressed, the same content whichever way', async () => {
    const { text } = await ask(portal, acme, '/', { accept: html })
    const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file!)
    assert.ok(files.some(file => file.endsWith('.js')) && files.some(file => file.endsWith('.css')), text)
    for (const file of files) {
      assert.match(file, /[\w-]{8}\.(js|css)$/)
      const plain = await ask(portal, acme, file)
      assert.equal(plain.status, 200)
      assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable')
      assert.equal(plain.headers['content-encoding'], undefined)
      assert.equal(plain.headers['x-content-type-options'], 'nosniff')
      assert.match(plain.headers['content-type']!, file.endsWith('.js') ? /javascript/ : /css/)
      assert.doesNotMatch(plain.text, /portcullis/i)
      for (const [encoding, open] of [
        ['br', brotliDecompressSync],
        ['gzip', gunzipSync]
      ] as const) {
        const packed = await ask(portal, acme, file, { 'accept-encoding': encoding })
        assert.equal(packed.headers['content-encoding'], encoding)
        assert.match(String(packed.headers.vary), /accept-encoding/i)
        assert.ok(packed.bytes.length < plain.bytes.length * 0.7, `${file} ${encoding} is hardly smaller`)
        assert.ok(open(packed.bytes).equals(plain.bytes), `${file} ${encoding}`)
      }
      const head = await ask(portal, acme, file, {}, 'HEAD')
      assert.deepEqual([head.status, head.text], [200, ''])
      assert.equal((await ask(portal, consoleHost, file)).status, 404, 'not on the other site')
    }
  })

  it('of a feature exist for whoever has it', async () => {
    const { company, session } = await portal.signedIn('Cedar')
    const carrier = await portal.signedIn('Birch', { userType: 'CARRIER' })
    const missing = await ask(portal, acme, '/pages/AAAAAAAA.js')
    assert.equal(missing.status, 404)
    const files = portalPagesOf(plugins, { has: () => true }, 'CUSTOMER').map(page => ({
      ...page,
      ...pages.of('portal', page.plugin, page.path)!
    }))
    assert.ok(files.length >= 3)
    for (const { path, feature, module, styles, userTypes } of files) {
      // What several pages share belongs to none of them.
      const own = [module, ...styles].filter(file => file.startsWith('/pages/'))
      assert.ok(own.includes(module))
      for (const file of own) {
        const plain = await ask(portal, acme, file, as(session))
        assert.equal(plain.status, 200, file)
        assert.equal(plain.headers['cache-control'], 'private, max-age=31536000, immutable')
        const packed = await ask(portal, acme, file, { ...as(session), 'accept-encoding': 'br' })
        assert.ok(brotliDecompressSync(packed.bytes).equals(plain.bytes))
        for (const encoding of ['identity', 'br', 'gzip'])
          assert.equal(
            told(await ask(portal, acme, file, { 'accept-encoding': encoding })),
            told(missing),
            `${path} without a session`
          )
        for (const ending of ['.br', '.gz', '.map'])
          assert.equal(told(await ask(portal, acme, `${file}${ending}`, as(session))), told(missing), ending)
        assert.equal(told(await ask(portal, acme, file, { accept: html })), told(missing), `${path} as a page`)
        if (userTypes?.includes('CARRIER') === false)
          assert.equal(told(await ask(portal, acme, file, as(carrier.session))), told(missing), `${path} for a carrier`)
      }
      await portal.override(company, feature, 'HIDE')
      for (const file of own)
        assert.equal(told(await ask(portal, acme, file, as(session))), told(missing), `${path} hidden`)
      const other = files.find(each => each.feature !== feature)!
      assert.equal((await ask(portal, acme, other.module, as(session))).status, 200, 'the others are there')
      await portal.override(company, feature, 'INHERIT')
    }
    assert.ok(files.some(({ userTypes }) => userTypes?.includes('CARRIER') === false))
  })

  it('are all that can be read', async () => {
    const { session } = await portal.signedIn('Aspen')
    for (const path of [
      '/assets/../index.html',
      '/assets/..%2findex.html',
      '/assets/..%2f.vite%2fmanifest.json',
      '/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '/assets/%00',
      '/assets/',
      '/assets',
      '/pages/',
      '/pages/../assets/',
      '/pages/..%2f.vite%2fmanifest.json',
      '/.vite/manifest.json',
      '/index.html',
      '/print',
      '/console/assets/x.js'
    ]) {
      for (const accept of ['*/*', html]) {
        // As it stands: other clients tidy paths up before they send them.
        const { status, text } = await portal.request(acme, path, { headers: { accept, ...as(session) } })
        assert.doesNotMatch(text, /%TITLE%|"isEntry"|"dependencies"|root:/, path)
        // Elsewhere a browser gets the portal, which says that there is no such page.
        if (accept === '*/*' || path.startsWith('/assets') || path.startsWith('/pages'))
          assert.ok(status >= 400 && status < 500, `${path} ${accept}: ${status}`)
      }
    }
  })
})

test('pages that are not built say what to do', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'unbuilt-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const portal = await startPortal(t, { plugins, pages: new BuiltPages(folder) })
  for (const host of [acme, consoleHost]) {
    const got = await ask(portal, host, '/', { accept: html })
    assert.equal(got.status, 503)
    assert.match(got.headers['content-type']!, /^text\/plain/)
    assert.match(got.text, /npm run build/)
  }
  assert.equal((await ask(portal, acme, '/assets/x.js', { accept: html })).status, 404)
  const { session } = await portal.signedIn('Cedar')
  const answer = await portal.query(acme, '{ me { features { key pages { path module styles } } } }', { session })
  assert.equal(answer.json.errors, undefined, answer.text)
  for (const { pages } of answer.json.data.me.features) assert.deepEqual(pages, [])
})
