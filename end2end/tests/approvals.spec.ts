// Deployments that a second officer approves.
import type { Page } from '@playwright/test'
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
  type Portal,
} from '../support/fixtures'

test.use({ deployApproval: true })

const waiting = (page: Page) => tableOf(page, 'Deployments that wait for an approval')
const areas = (page: Page) => page.getByRole('navigation', { name: 'Areas' })

/** The first officer requests a deployment of PAYMENTS to TEST. Returns the page of the request. */
async function request(page: Page, portal: Portal, reason: string): Promise<string> {
  await enter(page, portal, 'officer', '/deployments/new?store=3')
  const test = page.getByRole('group', { name: 'TEST', exact: true })
  await test.getByRole('checkbox', { name: 'PAYMENTS', exact: true }).check()
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await button(page, 'Review deployment').click()
  await expect(button(page, 'Deploy')).toHaveCount(0)
  await button(page, 'Request approval').click()
  await expect(heading(page)).toHaveText('Deploy to TEST')
  await expect(page).toHaveURL(/\/approvals\/[0-9a-f]{32}$/)
  return new URL(page.url()).pathname
}

withAndWithoutJavaScript((js) => {
  test('a deployment is made when another officer approves it', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    const path = await request(page, portal, 'Acceptance of payments')
    if (js) await expectNoAxe(page)
    await expect(button(page, 'Approve')).toHaveCount(0)
    await expect(button(page, 'Withdraw').first()).toBeVisible()
    await expect(areas(page).getByRole('link', { name: 'Approvals', exact: true })).toBeVisible()

    await enter(page, portal, 'officer2', '/')
    await areas(page).getByRole('link', { name: 'Approvals 1 waiting for you' }).click()
    await expectRowVisible(waiting(page), { Deployment: 'Deploy to TEST', 'Requested by': 'officer', Reason: 'Acceptance of payments' })
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Deploy to TEST', exact: true }).click()
    await expect(page).toHaveURL(portal.url + path)
    await expect(page.getByRole('main')).toContainText('FRAUD_DESK can read DE_CCN in clear on TEST')
    if (js) await expectNoAxe(page)
    await button(page, 'Approve').click()
    await expect(page.getByText('This must not be empty.').first()).toBeVisible()
    await page.getByRole('textbox', { name: 'Reason for the approval' }).fill('Tested')
    await button(page, 'Approve').click()
    await expect(page).toHaveURL(/\/jobs\//)
    await expectRowVisible(tableOf(page, 'What each data store has afterwards'), { State: 'As deployed' })
    await page.getByRole('link', { name: 'What it changed, and how to bring back what was there before' }).click()
    const main = page.getByRole('main')
    await expect(main).toContainText(/Requested by\s*officer\s*Reason\s*Acceptance of payments/)
    await expect(main).toContainText(/Approved and deployed by\s*officer2\s*Approved/)
    await expect(main).toContainText(/Reason for the approval\s*Tested/)

    await enter(page, portal, 'officer', path)
    await expect(page.getByRole('main')).toContainText('Approved')
    await expect(areas(page).getByRole('link', { name: 'Approvals', exact: true })).toBeVisible()
  })

  test('a request is rejected with a reason', async ({ page, portal }) => {
    const path = await request(page, portal, 'A mistake')
    await enter(page, portal, 'officer2', path)
    await page.getByRole('textbox', { name: 'Reason for the rejection' }).fill('Not on a Friday')
    await button(page, 'Reject').click()
    await expect(outcome(page, 'status')).toContainText('Nothing was deployed.')
    await expect(page.getByRole('main')).toContainText('Not on a Friday')
    await page.goto('/approvals')
    await expect(page.getByText('No deployment waits for an approval')).toBeVisible()
  })

  test('the requester takes a request back', async ({ page, portal }) => {
    await request(page, portal, 'Too early')
    await button(page, 'Withdraw').first().click()
    await button(page.getByRole('dialog', { name: 'Withdraw the request?' }), 'Withdraw').click()
    await expect(outcome(page, 'status')).toContainText('The request is withdrawn.')
    await expect(page.getByRole('main')).toContainText('Withdrawn')
  })

  test('an auditor sees a request and cannot decide', async ({ page, portal }) => {
    const path = await request(page, portal, 'To be seen')
    await enter(page, portal, 'auditor', path)
    await expect(page.getByText('You can view this request, but not decide on it.')).toBeVisible()
    await expect(button(page, 'Approve')).toHaveCount(0)
    await enter(page, portal, 'officer2', path)
    await page.getByRole('textbox', { name: 'Reason for the rejection' }).fill('It was to be seen')
    await button(page, 'Reject').click()
    await expect(outcome(page, 'status')).toContainText('The request is rejected.')
  })
})

test('a request of another state cannot be approved', async ({ page, portal }) => {
  const path = await request(page, portal, 'The first')
  const admin = await portal.simulator.asAdmin()
  await admin.create('/datastores/2/deploy', { policies: [], applications: [] })
  await enter(page, portal, 'officer2', path)
  await expect(page.getByText('This request can no longer be approved: something has changed.')).toBeVisible()
  await expect(page.getByText('Since the request, what is deployed has changed.')).toBeVisible()
  await expect(button(page, 'Approve')).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Reason for the rejection' }).fill('It is another state')
  await button(page, 'Reject').click()
  await expect(outcome(page, 'status')).toContainText('The request is rejected.')
})
