import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Access } from '../../core/access.ts'
import { Catalogue } from '../../core/catalogue.ts'
import { companyStatuses, userTypes } from '../../core/feature.ts'
import type { CompanyAccess } from '../../core/ports.ts'
import { plugins } from '../../plugins/index.ts'

const at = 1_000

// Many companies share brand, user type and status here, and with them the answers that a walk over all of them keeps.
test('who sees a key, over thousands of companies of the real catalogue, is who may see it one by one', () => {
  const catalogue = Catalogue.of(plugins)
  const keys = catalogue.features.map(({ key }) => key)
  const oneOf = <T>(list: readonly T[], number: number): T => list[number % list.length]!
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat()), numbers => {
      const next = (): number => numbers.next().value!
      const domains = ['d0', 'd1', 'd2'].map((id, index) => ({
        id,
        isDefault: index === 0,
        features: keys.filter(() => next() % 2 === 0).map(key => ({ key, enabled: next() % 2 === 0 })),
        columns: []
      }))
      const companies = Array.from({ length: 1_500 }, (_, index): CompanyAccess => {
        const chosen = new Set(Array.from({ length: next() % 7 }, () => oneOf(keys, next())))
        return {
          id: `company-${index}`,
          userType: oneOf(userTypes, next()),
          status: next() % 4 === 0 ? oneOf(companyStatuses, next()) : 'ACTIVE',
          domainId: oneOf([null, 'd0', 'd1', 'd2'], next()),
          overrides: [...chosen].map(key => ({
            key,
            override: next() % 2 === 0 ? ('SHOW' as const) : ('HIDE' as const),
            ...(next() % 5 === 0 ? { validFrom: at - 1 + (next() % 3), validUntil: at + 5 } : {})
          }))
        }
      })
      const access = new Access(catalogue)
      access.replace({
        revisions: new Map([['registry', 1]]),
        platform: { disabledPlugins: [], entitlements: [] },
        domains,
        companies
      })
      const columns = catalogue.columnSets.flatMap(set => set.columns.map(({ name }) => `${set.report}.${name}`))
      for (const key of [...keys, ...columns.slice(0, 10)]) {
        const expected = companies.filter(({ id }) => access.can(id, key, at)).length
        assert.equal(access.companiesWith({ key, at, first: 0 }).totalCount, expected, key)
        assert.equal(access.companiesWith({ key, effective: false, at, first: 0 }).totalCount, 1_500 - expected, key)
      }
    }),
    { numRuns: 5 }
  )
})
