// Changing and deleting single objects of policy management, where the cluster's own specification lists it.
import type { Page } from '@playwright/test'
import { button, enter, expect, expectNoAxe, facts, heading, outcome, test, withAndWithoutJavaScript } from '../support/fixtures'

// A portal of its own: it keeps the specification for minutes.
test.use({ users: 1 })

test.beforeEach(async ({ portal }) => portal.simulator.settings({ pim_items: true }))

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name: `Delete ${name}?` })

withAndWithoutJavaScript((js) => {
  test('an object that nothing uses is deleted after a question', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy/applications/2')
    await expect(heading(page)).toHaveText('DATA_PLATFORM')
    await button(page, 'Delete').click()
    if (js) await expectNoAxe(page)
    await button(dialog(page, 'DATA_PLATFORM'), 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The trusted application DATA_PLATFORM is deleted.')
    await expect(page.getByRole('main').getByRole('link', { name: 'DATA_PLATFORM' })).toHaveCount(0)
  })

  test('an object that is used is not deleted, and the page says by what', async ({ page, portal, watch }) => {
    watch.allowStatus(409)
    await enter(page, portal, 'officer', '/policy/masks/1')
    const name = (await heading(page).textContent()) ?? ''
    await button(page, 'Delete').click()
    await button(dialog(page, name), 'Delete').click()
    await expect(page.getByText(`${name} is used by`)).toBeVisible()
  })

  test('a data element gets another description', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy/data-elements/1')
    const description = page.getByRole('textbox', { name: 'Description' })
    await expect(description).toHaveValue('Social security number')
    await description.fill('Number of a citizen')
    if (js) await expectNoAxe(page)
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The data element DE_SSN has another description.')
    expect(await facts(page)).toMatchObject({ Description: 'Number of a citizen' })
  })

  test('a rule is opened from its cell, changed and deleted', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy/policies/1')
    const open = page.locator('a[href="/policy/policies/1/rules/30001"]')
    await open.click()
    await expect(heading(page)).toHaveText('Rule for ETL and DE_SSN')
    if (js) await expectNoAxe(page)
    await page.getByRole('group', { name: 'May' }).getByLabel('Re-protect', { exact: true }).uncheck()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The rule for ETL and DE_SSN is changed.')
    await open.click()
    await button(page, 'Delete').click()
    if (js) await expectNoAxe(page)
    await button(dialog(page, 'the rule for ETL and DE_SSN'), 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The rule for ETL and DE_SSN is deleted.')
    await expect(open).toHaveCount(0)
  })

  test('without the permission to write, nothing can be deleted', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/policy/policies/3')
    await expect(button(page, 'Delete')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Delete')).toHaveAccessibleDescription(/workbench_management_policy_write/)
  })
})
