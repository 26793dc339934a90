// The connection of a session with Proofpoint: given once, forgotten at a disconnect, and never shown.
import {
  button,
  enter,
  expect,
  expectNoAxe,
  facts,
  heading,
  hydrated,
  outcome,
  passConnect,
  PASSWORD,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'
import type { Page } from '@playwright/test'

async function connect(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('main').getByLabel('Password', { exact: true }).fill(password)
  await button(page, 'Connect').click()
}

/** What the simulator was asked since the start of the test, by path. */
async function paths(portal: Portal): Promise<string[]> {
  return (await portal.proofpoint.calls()).map((call) => call.path)
}

withAndWithoutJavaScript((js) => {
  test('an account is given once, and forgotten at a disconnect', async ({ page, portal, watch }) => {
    await enter(page, portal, 'helpdesk', '/proofpoint')
    await expect(heading(page)).toHaveText('Proofpoint')
    if (js) await expectNoAxe(page)
    watch.allowStatus(422)
    await connect(page, 'admin@example.com', 'Wrong-Passw0rd')
    await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible()
    await expect(page.getByLabel('E-mail address')).toHaveValue('admin@example.com')
    await connect(page, 'admin@example.com', PASSWORD)
    await expect(outcome(page, 'status')).toContainText('You are connected as admin@example.com.')
    if (js) await expectNoAxe(page)
    expect(await facts(page)).toMatchObject({
      'E-mail address': 'admin@example.com',
      Type: 'organization_admin',
      'Change seats and packages': 'No',
      'Change domains, users and sender lists': 'Yes',
    })
    expect(await page.content()).not.toContain(PASSWORD)
    await button(page, 'Disconnect').click()
    await expect(outcome(page, 'status')).toContainText('You are disconnected from Proofpoint.')
    await portal.proofpoint.clearCalls()
    await page.goto(`${portal.url}/proofpoint/orgs/example.com`)
    await expect(page).toHaveURL(/\/proofpoint\?next=/)
    expect(await paths(portal)).toEqual([])
  })
})

test('a page that needs the connection leads to it and back', async ({ page, portal }) => {
  await enter(page, portal, 'admin', '/proofpoint/orgs/example.com')
  await expect(page).toHaveURL('/proofpoint?next=%2Fproofpoint%2Forgs%2Fexample.com')
  await expect(page.getByText('The page that you asked for shows what is at Proofpoint.')).toBeVisible()
  await connect(page, 'reader@example.com', PASSWORD)
  await expect(page).toHaveURL('/proofpoint/orgs/example.com')
})

test('an account that Proofpoint closes in the middle is forgotten, and asked for again', async ({ page, portal }) => {
  await enter(page, portal, 'admin', '/proofpoint')
  await passConnect(page.context().request, portal, 'admin@example.com')
  await portal.proofpoint.faults([{ path: '/api/v1', fault: { status: 401 } }])
  await page.goto(`${portal.url}/proofpoint/orgs/example.com`)
  await expect(page).toHaveURL(/\/proofpoint\?next=/)
  await portal.proofpoint.clearFaults()
  await connect(page, 'admin@example.com', PASSWORD)
  await expect(page).toHaveURL('/proofpoint/orgs/example.com')
  await hydrated(page)
})

test('Proofpoint that cannot be reached keeps nothing else from working', async ({ page, portal, watch }) => {
  await portal.proofpoint.faults([{ path: '/api/v1', fault: 'drop' }])
  await enter(page, portal, 'admin', '/proofpoint')
  watch.allowStatus(503)
  await connect(page, 'admin@example.com', PASSWORD)
  await expect(outcome(page, 'alert')).toContainText('Proofpoint could not be reached.')
  await page.goto(`${portal.url}/users`)
  await expect(heading(page)).toHaveText('Users')
})
