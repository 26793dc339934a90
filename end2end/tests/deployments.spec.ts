// Deployments: what each data store has, composing, the review with its warnings, and the job.
import type { Locator, Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  heading,
  outcome,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

const now = (page: Page) => tableOf(page, 'What each data store has')
const store = (page: Page, name: string) => page.getByRole('group', { name, exact: true })
const box = (within: Page | Locator, name: string) => within.getByRole('checkbox', { name, exact: true })
const section = (page: Page, name: string) =>
  page.getByRole('main').locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) })

/** Composes a deployment and goes on to its review. */
async function review(page: Page, reason: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await button(page, 'Review deployment').click()
  await expect(heading(page)).toHaveText('Review the deployment')
}

withAndWithoutJavaScript((js) => {
  test('a policy is deployed to a data store after its review', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/deployments')
    await expectRowVisible(now(page), { 'Data store': 'TEST', Policies: 'CUSTOMER_DATA', 'Trusted applications': 'None' })
    await expectRowVisible(now(page), { 'Data store': 'DEFAULT', Policies: 'None' })
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Deploy', exact: true }).click()
    await expect(heading(page)).toHaveText('New deployment')
    if (js) await expectNoAxe(page)
    await expect(box(store(page, 'TEST'), 'CUSTOMER_DATA')).toBeChecked()
    await expect(box(store(page, 'TEST'), 'PAYMENTS')).not.toBeChecked()
    await box(store(page, 'TEST'), 'Deploy to TEST').check()
    await box(store(page, 'TEST'), 'PAYMENTS').check()
    await review(page, 'Acceptance of payments')

    await expect(section(page, 'Effective access')).toContainText('FRAUD_DESK can read DE_CCN in clear on TEST')
    await expect(section(page, 'TEST')).toContainText(/Added\s*PAYMENTS/)
    await expect(section(page, 'TEST')).toContainText('CUSTOMER_DATA deployed again with the present rules.')
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(box(store(page, 'TEST'), 'PAYMENTS')).toBeChecked()
    await expect(page.getByRole('textbox', { name: 'Reason' })).toHaveValue('Acceptance of payments')
    await button(page, 'Review deployment').click()

    await button(page, 'Deploy').click()
    await expect(heading(page)).toHaveText('Deploy to TEST')
    const readBack = tableOf(page, 'What each data store has afterwards')
    await expectRowVisible(readBack, {
      'Data store': 'TEST',
      State: 'As deployed',
      Policies: 'CUSTOMER_DATA, PAYMENTS (before: CUSTOMER_DATA)',
    })
    await expect(page.getByRole('main')).toContainText('Acceptance of payments')
    if (js) await expectNoAxe(page)
    await page.goto('/deployments')
    await expectRowVisible(now(page), { 'Data store': 'TEST', Policies: 'CUSTOMER_DATA, PAYMENTS' })
    await expectRowVisible(tableOf(page, 'Deployments from this portal'), {
      Deployment: 'Deployment to TEST',
      By: 'officer',
      Reason: 'Acceptance of payments',
      'Data stores': '1 of 1 as deployed',
    })
    await page.getByRole('link', { name: 'Deployment to TEST', exact: true }).first().click()
    await expectRowVisible(tableOf(page, 'What its data stores had before and afterwards'), {
      'Data store': 'TEST',
      State: 'As deployed',
      Before: 'Policies: CUSTOMER_DATA. Trusted applications: None.',
    })
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Bring back what was there before' }).click()
    await expect(heading(page)).toHaveText('New deployment')
    await expect(page.getByText('With which rules CUSTOMER_DATA was deployed then is not known.')).toBeVisible()
    await expect(box(store(page, 'TEST'), 'Deploy to TEST')).toBeChecked()
    await expect(box(store(page, 'TEST'), 'PAYMENTS')).not.toBeChecked()
    await review(page, 'Back to what was there')
    await expect(section(page, 'Rules')).toContainText('CUSTOMER_DATA: no rule has changed since its last deployment')
    await expect(section(page, 'Effective access')).toContainText('FRAUD_DESK can no longer read DE_CCN in clear on TEST')
    await button(page, 'Deploy').click()
    await expectRowVisible(tableOf(page, 'What each data store has afterwards'), { State: 'As deployed' })
    await page.goto('/deployments')
    await page.getByRole('link', { name: 'Deployment to TEST', exact: true }).first().click()
    await page.getByLabel('Compare with').selectOption({ index: 1 })
    await button(page, 'Compare').click()
    await expect(page.getByRole('main')).toContainText('FRAUD_DESK can no longer read DE_CCN in clear on TEST')
    if (js) await expectNoAxe(page)
  })

  test('a protector is cleared only when the name of its store is typed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/deployments/new')
    await box(store(page, 'TEST'), 'Deploy to TEST').check()
    await box(store(page, 'TEST'), 'CUSTOMER_DATA').uncheck()
    await review(page, 'The test is over')
    await expect(page.getByText('TEST gets no policies.')).toBeVisible()
    await expect(section(page, 'Effective access')).toContainText('SUPPORT can no longer read DE_NAME in clear on TEST')
    await button(page, 'Deploy').click()
    await expect(page.getByText('Type “TEST” to go on.')).toBeVisible()
    await page.getByRole('textbox', { name: /^Type “TEST”/ }).fill('TEST')
    await button(page, 'Deploy').click()
    await expectRowVisible(tableOf(page, 'What each data store has afterwards'), { State: 'As deployed' })
  })

  test('a trusted application moves with the store that has it', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/deployments/new')
    await box(store(page, 'TEST'), 'Deploy to TEST').check()
    await box(store(page, 'TEST'), 'BILLING').check()
    await page.getByRole('textbox', { name: 'Reason' }).fill('Billing is tested')
    await button(page, 'Review deployment').click()
    await expect(page.getByText('BILLING belongs to PROD.')).toBeVisible()
    await box(store(page, 'PROD'), 'Deploy to PROD').check()
    await box(store(page, 'PROD'), 'BILLING').uncheck()
    await review(page, 'Billing is tested')
    await expect(page.getByText('BILLING moves from PROD to TEST.')).toBeVisible()
    await page.getByRole('textbox', { name: /^Type “PROD”/ }).fill('PROD')
    await box(page, 'I know that a trusted application moves to another data store').check()
    await button(page, 'Deploy').click()
    await expect(heading(page)).toHaveText('Deploy to 2 data stores')
    await expectRowVisible(tableOf(page, 'What each data store has afterwards'), {
      'Data store': 'TEST',
      'Trusted applications': 'BILLING (before: None)',
    })
  })

  test('a reason and a data store are asked for', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'officer', '/deployments/new')
    await button(page, 'Review deployment').click()
    await expect(page.getByText('Tick at least one data store.')).toBeVisible()
    await expect(page.getByText('This must not be empty.')).toBeVisible()
    await expect(heading(page)).toHaveText('New deployment')
  })

  test('an auditor sees what is deployed and cannot deploy', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/deployments')
    await expectRowVisible(now(page), { 'Data store': 'PROD', Policies: 'CUSTOMER_DATA, PAYMENTS', 'Trusted applications': 'BILLING' })
    await expect(button(page, 'Deploy')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Deploy')).toHaveAccessibleDescription(/workbench_management_policy_write/)
  })
})

test('a review of another state is shown again', async ({ page, portal, context }) => {
  await enter(page, portal, 'officer', '/deployments/new')
  await box(store(page, 'DEFAULT'), 'Deploy to DEFAULT').check()
  await box(store(page, 'DEFAULT'), 'CUSTOMER_DATA').check()
  await review(page, 'The first')
  const other = await context.newPage()
  await other.goto('/deployments/new')
  await box(store(other, 'TEST'), 'Deploy to TEST').check()
  await box(store(other, 'TEST'), 'PAYMENTS').check()
  await review(other, 'The second')
  await button(other, 'Deploy').click()
  await expectRowVisible(tableOf(other, 'What each data store has afterwards'), { State: 'As deployed' })
  await button(page, 'Deploy').click()
  await expect(outcome(page, 'alert')).toContainText('Nothing was deployed: something has changed since your review.')
  await button(page, 'Deploy').click()
  await expect(heading(page)).toHaveText('Deploy to DEFAULT')
})
