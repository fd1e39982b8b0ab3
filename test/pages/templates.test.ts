import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { overridesOf, startAccessPortal } from '../support/access-console.ts'
import { seriousFaults } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { askOperator, visitConsole } from '../support/console-visit.ts'

const dialog = (page: Page) => page.getByRole('dialog')

const choose = async (page: Page, field: string, search: string, option: string | RegExp): Promise<void> => {
  await page.getByRole('combobox', { name: field }).fill(search)
  await page.getByRole('option', { name: option }).click()
}

test('access templates', async t => {
  const browser = await openBrowser(t)
  const portal = await startAccessPortal(t, ['payments.block-paypal'])
  const visit = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role: 'ADMIN', name: 'Ines' })
  const { page } = visit
  const companies = [await portal.company('Alpha'), await portal.company('Beta'), await portal.company('Gamma')]
  const [alpha, beta, gamma] = companies as [(typeof companies)[0], (typeof companies)[0], (typeof companies)[0]]
  let address = ''

  await t.test('made, with its choices', async () => {
    await visit.go('/templates')
    await page.getByText('There is no template yet.', { exact: false }).waitFor()
    await page.getByRole('link', { name: 'New template' }).click()
    await page.getByLabel('Name').fill('No PBX')
    await page.getByLabel('Description').fill('For customers without a PBX')
    await choose(page, 'Add to Hide', 'ivr', /IVR/)
    await choose(page, 'Add to Show', 'block paypal', /Apply/)
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'No PBX', level: 1 }).waitFor()
    address = new URL(page.url()).pathname
    await page.getByText('It is applied to no company yet.').waitFor()
    await visit.go('/templates')
    await page.getByLabel('Search templates').fill('nothing like it')
    await page.getByText('No template matches.').waitFor()
    await page.getByLabel('Search templates').fill('pbx')
    await page.getByRole('row').filter({ hasText: 'No PBX' }).waitFor()
    // A name can be taken once.
    await visit.go('/templates/new')
    await page.getByLabel('Name').fill('No PBX')
    await choose(page, 'Add to Hide', 'ivr', /IVR/)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    assert.equal(await page.getByLabel('Name').inputValue(), 'No PBX')
  })

  await t.test('applied to three companies, one with a conflict', async () => {
    await portal.override(beta, 'ivr', 'SHOW')
    await visit.go(address)
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    for (const { name } of companies) await choose(page, 'Companies', name, new RegExp(`^${name}`))
    await page.keyboard.press('Escape')
    await dialog(page).getByRole('button', { name: 'Preview' }).click()
    await dialog(page).getByText('3 companies see something else afterwards.').waitFor()
    await dialog(page).locator(`[data-company="${alpha.id}"]`).getByText('Loses:').waitFor()
    await dialog(page).locator(`[data-company="${alpha.id}"]`).getByText('Restricted:').waitFor()
    const conflicts = dialog(page).locator('[data-part=conflicts]')
    await conflicts.getByText('1 company keeps a choice of its own').waitFor()
    await conflicts.getByText('Beta').waitFor()
    await conflicts.getByText('IVR stays Show, set by itself', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, alpha.id), {}, 'a preview changes nothing')
    assert.deepEqual(await seriousFaults(page), [])
    await dialog(page).getByLabel('Reason').fill('Contract without PBX')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved for 3 companies.').waitFor()
    await dialog(page).locator('[data-part=audit-entry]').getByText('Contract without PBX', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await dialog(page).waitFor({ state: 'detached' })
    const both = { ivr: 'HIDE', 'payments.block-paypal': 'SHOW' }
    assert.deepEqual(await overridesOf(portal, alpha.id), both)
    assert.deepEqual(await overridesOf(portal, beta.id), { ...both, ivr: 'SHOW' })
    await page.getByRole('row').filter({ hasText: 'Beta' }).getByText('IVR: set by itself').waitFor()
    // In whose hands it is stands at the company.
    await visit.go(`/companies/${gamma.id}/access`)
    await page.locator('[data-key=ivr]').getByText('Template No PBX').waitFor()
  })

  await t.test('changed, drifted, reapplied, lifted, deleted', async () => {
    await visit.go(address)
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog(page).getByText('cannot be deleted while it is applied to 3 companies', { exact: false }).waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Edit' }).click()
    await choose(page, 'Add to Hide', 'queue', /^Queue/)
    // Meanwhile somebody else gives it another description.
    const id = address.split('/').at(-1)!
    await askOperator(
      portal,
      'mutation ($id: ID!) { updateAccessTemplate(id: $id, change: { description: "Theirs" }) { id } }',
      { id }
    )
    await page.getByRole('button', { name: 'Save' }).click()
    const conflict = page.locator('[data-part=conflict]')
    await conflict.getByText('Theirs', { exact: true }).waitFor()
    await conflict.getByRole('button').first().click()
    await page.getByText('Companies keep what they have until the template is reapplied.', { exact: false }).waitFor()
    assert.equal((await overridesOf(portal, alpha.id)).queue, undefined)

    await page.getByText('Drifted (3)').waitFor()
    await page.getByRole('button', { name: 'Reapply to all that drifted' }).click()
    await dialog(page).getByText('3 companies see something else afterwards.').waitFor()
    // Somebody changes it between the preview and the click: nothing is done, and the page reads it anew.
    await askOperator(
      portal,
      'mutation ($id: ID!) { updateAccessTemplate(id: $id, change: { description: "Theirs again" }) { id } }',
      { id }
    )
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByRole('region', { name: 'Changed meanwhile' }).getByText('Theirs again').first().waitFor()
    assert.equal((await overridesOf(portal, alpha.id)).queue, undefined)
    await page.keyboard.press('Escape')
    await page.getByText('Theirs again', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Reapply to all that drifted' }).click()
    await dialog(page).getByText('3 companies see something else afterwards.').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved for 3 companies.').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    assert.equal((await overridesOf(portal, alpha.id)).queue, 'HIDE')

    // All of it is undone from the notice, and done once more.
    await page.getByRole('button', { name: 'Undo for all 3 companies' }).click()
    await page.getByText('Undone for 3 companies.').waitFor()
    assert.equal((await overridesOf(portal, gamma.id)).queue, undefined)
    await page.getByText('Drifted (3)').waitFor()
    await page.getByRole('button', { name: 'Reapply to all that drifted' }).click()
    await dialog(page).getByText('3 companies see something else afterwards.').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved for 3 companies.').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })

    // Somebody takes it from a company and brings it back; what is listed is older than what a lift would change.
    await portal.override(beta, 'queue', 'INHERIT')
    await page.reload()
    await page.getByText('Drifted (1)').waitFor()
    await askOperator(
      portal,
      'mutation ($id: ID!, $ids: [ID!]) { reapplyAccessTemplate(id: $id, companyIds: $ids) { ok } }',
      { id, ids: [beta.id] }
    )
    await page.getByLabel('Select Beta').check()
    await page.getByRole('button', { name: 'Lift from selected' }).click()
    await dialog(page).locator(`[data-company="${beta.id}"]`).getByText('Gains:').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved for 1 company.').waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    // What was set by itself stays.
    assert.deepEqual(await overridesOf(portal, beta.id), { ivr: 'SHOW' })

    await page.getByText('All (2)').waitFor()
    await page.getByRole('button', { name: 'Lift from all' }).click()
    await dialog(page).getByText('2 companies see something else afterwards.').waitFor()
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await dialog(page).getByText('Saved for 2 companies.').waitFor()
    await dialog(page).getByRole('button', { name: 'Undo for all 2 companies' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    assert.deepEqual(await overridesOf(portal, alpha.id), {})
    await page.getByText('All (0)').waitFor()
    await page.getByRole('button', { name: 'Delete' }).click()
    await dialog(page).getByRole('button', { name: 'Delete' }).click()
    await page.getByText('There is no template yet.', { exact: false }).waitFor()
  })

  await t.test('idle overrides: counted by reason, cleaned up, two at a time and all', async () => {
    for (const company of companies) await portal.override(company, 'cdr', 'SHOW')
    await portal.override(alpha, 'carrier-portal', 'HIDE')
    await visit.go('/hygiene')
    const card = page.locator('[data-reason=EQUAL_TO_DEFAULT]')
    await card.getByText('Equal to the brand').waitFor()
    // Beta still shows IVR, as the brand does.
    await card.getByText('4', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: /^Clean up/ }).count(), 0)
    await card.click()
    await page.getByText('4 idle overrides, of 3 companies.').waitFor()
    assert.deepEqual(await seriousFaults(page), [])
    await page.getByLabel('Select Alpha, Call Detail Record (CDR)').check()
    await page.getByRole('button', { name: 'Clean up selected' }).click()
    await dialog(page).getByText('Remove 1 override?', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('1 override removed, of 1 company.', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    assert.equal((await overridesOf(portal, alpha.id)).cdr, undefined)
    await page.getByText('3 idle overrides, of 2 companies.').waitFor()

    await page.getByRole('button', { name: 'Clean up all 3' }).click()
    // One more comes meanwhile: it is told, and the new number asked for.
    await portal.override(alpha, 'cdr', 'SHOW')
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('Meanwhile there are 4 overrides', { exact: false }).waitFor()
    assert.equal((await overridesOf(portal, gamma.id)).cdr, 'SHOW')
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('4 overrides removed, of 3 companies.', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Undo for all 3 companies' }).click()
    await dialog(page).getByText('Undone for 3 companies.').waitFor()
    assert.equal((await overridesOf(portal, gamma.id)).cdr, 'SHOW')
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await page.getByRole('button', { name: 'Clean up all 4' }).click()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('4 overrides removed, of 3 companies.', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('No idle overrides.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, gamma.id), {})
  })

  await t.test('idle overrides that a template keeps stay, unless they are asked for', async () => {
    const { createAccessTemplate: made } = await askOperator(
      portal,
      'mutation { createAccessTemplate(input: { name: "With calls", overrides: [{ key: "cdr", override: SHOW }] }) { id } }'
    )
    await askOperator(
      portal,
      'mutation ($id: ID!, $companies: [ID!]) { applyAccessTemplate(id: $id, companyIds: $companies) { ok } }',
      { id: made.id, companies: [alpha.id, beta.id] }
    )
    await portal.override(gamma, 'cdr', 'SHOW')
    const drifted = async (): Promise<number> =>
      (await askOperator(portal, 'query ($id: ID!) { accessTemplate(id: $id) { driftedCount } }', { id: made.id }))
        .accessTemplate.driftedCount
    await visit.go('/hygiene?reason=EQUAL_TO_DEFAULT')
    await page.getByText('1 idle override, of 1 company.').waitFor()
    await page.locator('[data-reason=EQUAL_TO_DEFAULT]').getByText('and 2 that templates keep').waitFor()
    assert.equal(await page.locator('[data-part=kept-by]').count(), 0)
    await page.getByRole('button', { name: 'Clean up all 1' }).click()
    await dialog(page).getByText('Remove 1 override?', { exact: false }).waitFor()
    await dialog(page).getByText('2 more stay, because access templates keep them.').waitFor()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('1 override removed, of 1 company. 0 of this reason are left.').waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('No idle overrides.', { exact: false }).waitFor()
    assert.deepEqual(await overridesOf(portal, gamma.id), {})
    assert.equal((await overridesOf(portal, alpha.id)).cdr, 'SHOW')
    assert.equal(await drifted(), 0)

    await page.getByLabel('Also 2 that access templates keep').check()
    await page.getByText('2 idle overrides, of 2 companies.').waitFor()
    const row = page.getByRole('row').filter({ hasText: 'Alpha' })
    const template = row.getByRole('link', { name: 'With calls' })
    await template.waitFor()
    assert.equal(await template.getAttribute('href'), `/templates/${made.id}`)
    assert.deepEqual(await seriousFaults(page), [])
    // The address says it too.
    await page.reload()
    await page.getByLabel('Select Alpha, Call Detail Record (CDR)').check()
    await page.getByRole('button', { name: 'Clean up selected' }).click()
    await dialog(page).getByText('An access template keeps 1 of them.', { exact: false }).waitFor()
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('1 override removed, of 1 company. 1 of this reason is left.').waitFor()
    await dialog(page).getByRole('button', { name: 'Close' }).last().click()
    assert.equal(await drifted(), 1)

    // A template that comes while the question stands takes what it keeps out of it.
    await portal.override(gamma, 'cdr', 'SHOW')
    await visit.go('/hygiene?reason=EQUAL_TO_DEFAULT')
    await page.getByRole('button', { name: 'Clean up all 1' }).click()
    await dialog(page).getByText('1 more stays, because an access template keeps it.').waitFor()
    await askOperator(
      portal,
      'mutation ($id: ID!, $companies: [ID!]) { applyAccessTemplate(id: $id, companyIds: $companies) { ok } }',
      { id: made.id, companies: [gamma.id] }
    )
    await dialog(page).getByRole('button', { name: 'Remove' }).click()
    await dialog(page).getByText('Meanwhile there are 0 overrides', { exact: false }).waitFor()
    await dialog(page).getByText('2 more stay, because access templates keep them.').waitFor()
    assert.equal(await dialog(page).getByRole('button', { name: 'Remove' }).isEnabled(), false)
    await dialog(page).getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('No idle overrides.', { exact: false }).waitFor()
    assert.equal((await overridesOf(portal, gamma.id)).cdr, 'SHOW')
    await askOperator(portal, 'mutation ($id: ID!) { liftAccessTemplate(id: $id) { ok } }', { id: made.id })
    await portal.override(gamma, 'cdr', 'INHERIT')
  })

  await t.test('roles: support applies, an auditor looks', async () => {
    await askOperator(
      portal,
      'mutation { createAccessTemplate(input: { name: "Kept", overrides: [{ key: "cdr", override: HIDE }] }) { id } }'
    )
    for (const [role, buttons] of [
      ['SUPPORT', ['Apply']],
      ['AUDITOR', []]
    ] as const) {
      const other = await visitConsole(browser, portal, '/', { timezoneId: 'Europe/Berlin', role })
      await other.go('/templates')
      await other.page.getByRole('link', { name: 'Kept' }).click()
      await other.page.getByRole('heading', { name: 'Kept', level: 1 }).waitFor()
      await other.page.getByText('It is applied to no company yet.').waitFor()
      const drawn = await other.page.locator('main').getByRole('button').allInnerTexts()
      assert.deepEqual(
        drawn.filter(text => /Apply|Edit|Delete|Lift|New/.test(text)),
        buttons
      )
      await other.go('/templates')
      await other.page.getByRole('row').filter({ hasText: 'Kept' }).waitFor()
      assert.equal(await other.page.getByRole('link', { name: 'New template' }).count(), 0)
      await other.go('/hygiene')
      await other.page.locator('[data-reason=ALL]').waitFor()
      assert.equal(
        await other.page.getByText('Your role may look, but not clean up.').count(),
        role === 'AUDITOR' ? 1 : 0
      )
      assert.deepEqual(other.faults, [])
    }
  })

  await t.test(
    'what lifting would change is read page by page, over companies that have not the same in its hands',
    async () => {
      const many = Array.from({ length: 60 }, (_, index) => `Many ${String(index).padStart(3, '0')}`)
      const { acme } = portal.world
      for (const name of many) {
        const company = await portal.company(name)
        // Set by itself, one of the two stays so: the template has the other one in its hands.
        if (name.endsWith('7')) await portal.override(company, 'ivr', 'HIDE')
      }
      const { createAccessTemplate: wide } = await askOperator(
        portal,
        `mutation { createAccessTemplate(input: { name: "Wide", overrides: [
        { key: "ivr", override: HIDE }, { key: "cdr", override: HIDE }] }) { id } }`
      )
      await askOperator(
        portal,
        'mutation ($id: ID!, $brand: ID!) { applyAccessTemplate(id: $id, domainId: $brand) { ok } }',
        { id: wide.id, brand: acme.id }
      )
      let asked = 0
      page.on('request', request => {
        if (/query PreviewAccessChange/.test(request.postData() ?? '')) asked += 1
      })
      await visit.go(`/templates/${wide.id}`)
      await page.getByText('All (63)').waitFor()
      await page.getByRole('button', { name: 'Lift from all' }).click()
      await dialog(page).getByText('63 companies see something else afterwards.').waitFor()
      const first = asked
      const list = dialog(page).locator('[data-part=differences]')
      const seen = new Map<string, string>()
      // Down to what is drawn, which brings what is below.
      while (!seen.has('63')) {
        const drawn = await list
          .locator('[role=listitem]')
          .evaluateAll(rows =>
            rows.map(row => [row.getAttribute('aria-posinset')!, row.querySelector('bdi')!.innerText])
          )
        for (const [place, name] of drawn) seen.set(place!, name!)
        await list.press('PageDown')
      }
      const everybody = [...many, ...companies.map(({ name }) => name)]
      assert.deepEqual([...seen.values()].toSorted(), everybody.toSorted(), 'each once')
      assert.ok(first <= 2 && asked > first, 'further pages are read when they come near')
      await dialog(page).getByRole('button', { name: 'Back', exact: true }).click()
      await dialog(page).waitFor({ state: 'detached' })
    }
  )
  assert.deepEqual(visit.faults, [])
})
