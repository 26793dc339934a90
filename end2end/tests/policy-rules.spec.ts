// Policies and their rules, and who sees which data in clear.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectNoRow,
  expectNoSidewaysScroll,
  expectRowVisible,
  heading,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const POLICY = '/policy/policies/1'
const grid = (page: Page) => tableOf(page, 'Rules by role and data element')
const access = (page: Page) => page.getByRole('table', { name: 'Access rights' })
const group = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const tick = (page: Page, name: string, box: string) =>
  group(page, name)
    .getByRole('checkbox', { name: new RegExp(`^${box}`) })
    .check()

withAndWithoutJavaScript((js) => {
  test('a policy is created with the template of its rules', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/policy/policies')
    await page.getByRole('link', { name: 'New policy' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('MARKETING')
    await tick(page, 'May', 'Unprotect')
    if (js) await expectNoAxe(page)
    await button(page, 'Create policy').click()
    await expect(outcome(page, 'status')).toContainText('The policy MARKETING is created.')
    await expect(heading(page)).toHaveText('MARKETING')
    await expect(page.getByRole('main')).toContainText('New rules permit unprotect')
    await page.getByRole('link', { name: 'Add a rule' }).click()
    await expect(group(page, 'May').getByRole('checkbox', { name: 'Unprotect' })).toBeChecked()
  })

  test('a name that is taken is refused at its field', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/policy/policies/new')
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('PAYMENTS')
    await button(page, 'Create policy').click()
    await expect(page.getByText('A policy of this name exists already.')).toBeVisible()
  })

  test('the rules are a grid that says each rule in full', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', POLICY)
    const row = grid(page).getByRole('row', { name: /^DE_SSN/ })
    await expect(row).toContainText('May unprotect. Mask LAST_4. Without access: null.')
    await expect(grid(page).getByRole('columnheader', { name: 'SUPPORT' })).toBeVisible()
    await expect(grid(page).getByRole('link', { name: /^Add/ })).toHaveCount(0)
    await expect(page.getByRole('main')).toContainText('PROD, TEST')
    if (js) await expectNoAxe(page)
    await page.getByRole('searchbox', { name: 'Search data elements' }).fill('email')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(grid(page).locator('tbody tr')).toHaveCount(1)
  })

  test('a rule is added from its cell', async ({ page, portal }) => {
    await enter(page, portal, 'officer', `${POLICY}?all=true&role=FRAUD&element=SSN`)
    await page.getByRole('link', { name: 'Add a rule for FRAUD_DESK and DE_SSN' }).click()
    await expect(group(page, 'Roles').getByRole('checkbox', { name: 'FRAUD_DESK' })).toBeChecked()
    await tick(page, 'May', 'Unprotect')
    if (js) await expectNoAxe(page)
    await button(page, 'Add rule').click()
    await expect(outcome(page, 'status')).toContainText('The rule for FRAUD_DESK and DE_SSN is added.')
  })

  test('what the vendor refuses is explained at its field', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', `${POLICY}/rules/new`)
    await tick(page, 'Roles', 'FRAUD_DESK')
    await tick(page, 'Data elements', 'DE_NOTES')
    await page.getByRole('combobox', { name: 'Mask' }).selectOption('LAST_4')
    await page.getByRole('combobox', { name: 'Without access, users get' }).selectOption('The protected value')
    await button(page, 'Add rule').click()
    await expect(page.getByText('an encryption in CBC mode')).toBeVisible()
    await expect(page.getByText('A mask is applied when a value is unprotected.')).toBeVisible()
  })

  test('several rules are a job with a row for each', async ({ page, portal }) => {
    await enter(page, portal, 'officer', `${POLICY}/rules/new`)
    await tick(page, 'Roles', 'FRAUD_DESK')
    await tick(page, 'Roles', 'AUDIT')
    await tick(page, 'Data elements', 'DE_INCOME')
    await button(page, 'Add rule').click()
    await expect(heading(page)).toHaveText('Add 2 rules to CUSTOMER_DATA')
    await expect(page.getByText('2 of 2, 2 added. Finished.')).toBeVisible()
  })

  test('one box gives all roles a rule for a data element', async ({ page, portal }) => {
    await enter(page, portal, 'officer', `${POLICY}/rules/new`)
    const all = group(page, 'Roles').getByRole('checkbox', { name: 'All roles' })
    await all.focus()
    await page.keyboard.press('Space')
    await expect(all).toBeChecked()
    await tick(page, 'Data elements', 'DE_SSN')
    if (js) await expectNoAxe(page)
    await button(page, 'Add rule').click()
    await expect(heading(page)).toHaveText(/^Add \d+ rules to CUSTOMER_DATA$/)
    await expect(page.getByText('Finished.')).toBeVisible()
    await expect(page.getByRole('main')).not.toContainText('for them already')
    await page.goto(`${POLICY}?element=DE_SSN&all=true`)
    await expect(grid(page).getByRole('row', { name: /^DE_SSN/ })).not.toContainText('No rule')
  })

  test('without the permission to write, adding is disabled with the reason', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', POLICY)
    const add = page.getByRole('button', { name: 'Add a rule' })
    await expect(add).toHaveAttribute('aria-disabled', 'true')
    await expect(add).toHaveAccessibleDescription(/workbench_management_policy_write/)
  })

  test('one link says who sees a data element in clear, and where', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', POLICY)
    await grid(page).getByRole('link', { name: 'DE_CITY', exact: true }).click()
    await expect(page).toHaveURL(/\/policy\/access\?element=\d+&sight=clear/)
    await expectRowVisible(access(page), { Role: 'ANALYST', 'Data store': 'PROD', Deployment: 'Deployed' })
    await expectRowVisible(access(page), { Role: 'RESEARCH', 'Data store': 'None', Deployment: 'Configured only' })
    await expectNoRow(access(page), { Role: 'ETL' })
    if (js) await expectNoAxe(page)
  })
})

test('the CSV export has one line per access right', async ({ page, portal }) => {
  await enter(page, portal, 'auditor', '/policy/access?q=DE_CITY')
  const file = await page.request.get(`${portal.url}/export/policy-access.csv?q=DE_CITY`)
  expect(file.status()).toBe(200)
  const lines = (await file.text()).trim().split('\r\n')
  expect(lines[0]).toBe('Role,Data element,Data store,Sees,May,Mask,Without access,Deployment,Policies')
  expect(lines).toHaveLength(8)
})

test('the pages fit a narrow screen', async ({ page, portal }) => {
  await page.setViewportSize({ width: 360, height: 800 })
  for (const path of [POLICY, `${POLICY}/rules/new`, '/policy/access']) {
    await enter(page, portal, 'officer', path)
    await expectNoSidewaysScroll(page)
  }
})
