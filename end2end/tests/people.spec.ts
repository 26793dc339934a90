// A person across both systems: the page, the search in the top bar, and the guides for one who leaves or starts.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  heading,
  hydrated,
  passConnect,
  passSignIn,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

const LAYLA = '/people?email=layla.haddad%40example.com'

const section = (page: Page, name: string) =>
  page.getByRole('main').locator('section').filter({ has: page.getByRole('heading', { level: 2, name, exact: true }) })
const account = (page: Page) => section(page, 'Protegrity account')
const mailbox = (page: Page) => section(page, 'Proofpoint mailbox')

/** Opens a page as this user, connected with this account. */
async function enterConnected(page: Page, portal: Portal, user: string, email: string, path: string): Promise<void> {
  const request = page.context().request
  await passSignIn(request, portal, user)
  await passConnect(request, portal, email)
  // The portal keeps these lists for a minute, but the reset before each test changes the systems without it.
  for (const list of ['/users', '/proofpoint/orgs/example.com/users']) await request.get(`${portal.url}${list}?fresh=1`)
  await page.goto(portal.url + path)
  await hydrated(page)
}

test('the helpdesk sees both halves of a person, connected, disconnected and down', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk', LAYLA)
  await expect(heading(page)).toHaveText('ليلى حداد')
  await expect(account(page).getByText('layla.haddad', { exact: true })).toBeVisible()
  await expect(mailbox(page).getByText('You are not connected with Proofpoint.')).toBeVisible()
  await expectNoAxe(page)

  await mailbox(page).getByRole('link', { name: 'Connect' }).click()
  await page.getByLabel('E-mail address').fill('admin@example.com')
  await page.getByRole('main').getByLabel('Password', { exact: true }).fill('Demo-Passw0rd!')
  await button(page, 'Connect').click()
  await expect(page).toHaveURL(LAYLA)
  await expect(mailbox(page).getByText('layla@example.com')).toBeVisible()
  await expectNoAxe(page)

  // A new session, which Proofpoint has not let read yet.
  await passSignIn(page.context().request, portal, 'helpdesk')
  await passConnect(page.context().request, portal, 'admin@example.com')
  await portal.proofpoint.faults([{ path: '/api/v1', fault: 'drop' }])
  await page.goto(`${portal.url}/people?email=o.brien%40example.com`)
  await expect(account(page).getByRole('link', { name: 'o.brien' })).toBeVisible()
  await expect(mailbox(page).getByText('Proofpoint could not be reached.')).toBeVisible()
  await expect(mailbox(page).getByText('It has not answered since')).toBeVisible()
  await expectNoAxe(page)
})

test('the search in the top bar suggests people of both systems while one types', async ({ page, portal }) => {
  await enterConnected(page, portal, 'helpdesk', 'admin@example.com', '/jobs')
  const field = page.getByRole('combobox', { name: 'Find a person' })
  await field.pressSequentially('scann')
  const options = page.locator('#find-person-list option')
  await expect(options).toHaveCount(1)
  await expect(options.first()).toHaveAttribute('value', 'scanner@example.com')
  await field.fill('haddad')
  await field.press('Enter')
  await expect(heading(page)).toHaveText('People')
  await page.getByRole('link', { name: 'ليلى حداد' }).click()
  await expect(heading(page)).toHaveText('ليلى حداد')
})

withAndWithoutJavaScript((js) => {
  test('a leaver is taken from both systems, reviewed and as one job', async ({ page, portal }) => {
    await enterConnected(page, portal, 'admin', 'admin@example.com', LAYLA)
    await page.getByRole('link', { name: "Leaver's guide" }).click()
    await expect(heading(page)).toHaveText("Leaver's guide for ليلى حداد")
    await page.getByRole('checkbox', { name: 'Lock the account layla.haddad' }).check()
    await page.getByRole('checkbox', { name: /^Remove layla.haddad from / }).check()
    await page.getByRole('radio', { name: 'Make it a functional account' }).check()
    await page.getByRole('checkbox', { name: 'Exempt it from the synchronisation with Azure' }).check()
    if (js) await expectNoAxe(page)
    await button(page, 'Review').click()
    await expect(heading(page)).toHaveText("Review the leaver's guide for ليلى حداد")
    await expect(page.getByRole('listitem').filter({ hasText: 'Make layla.haddad@example.com a functional account' })).toBeVisible()
    if (js) await expectNoAxe(page)
    const admin = await portal.simulator.asAdmin()
    expect(await admin.isLocked('layla.haddad')).toBe(false)

    // What was chosen is there again.
    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(page.getByRole('checkbox', { name: 'Lock the account layla.haddad' })).toBeChecked()
    await expect(page.getByRole('radio', { name: 'Make it a functional account' })).toBeChecked()
    await button(page, 'Review').click()
    await button(page, 'Run the steps').click()
    await expect(heading(page)).toHaveText('Leaver: ليلى حداد')
    await expect(page.getByText('3 of 3, 3 done. Finished.')).toBeVisible()
    expect(await admin.isLocked('layla.haddad')).toBe(true)
    await page.goto(`${portal.url}${LAYLA}`)
    await expect(mailbox(page).getByText('Functional account', { exact: true })).toBeVisible()
  })

  test('a starter gets an account and a mailbox', async ({ page, portal }) => {
    await enterConnected(page, portal, 'admin', 'admin@example.com', '/people')
    await page.getByRole('link', { name: "Starter's guide" }).click()
    await page.getByRole('textbox', { name: 'User name', exact: true }).fill('new.starter')
    await page.getByLabel('First name').fill('New')
    await page.getByLabel('Last name').fill('Starter')
    await page.getByLabel('E-mail', { exact: true }).fill('new.starter@example.com')
    await page.getByRole('checkbox', { name: /^directory_viewer\b/ }).check()
    if (js) await expectNoAxe(page)
    await button(page, 'Review').click()
    await expect(heading(page)).toHaveText("Review the starter's guide for New Starter")
    if (js) await expectNoAxe(page)
    await button(page, 'Run the steps').click()
    await expect(heading(page)).toHaveText('Starter: New Starter')
    await expect(page.getByText('2 of 2, 2 done. Finished.')).toBeVisible()
    await expectRowVisible(tableOf(page, 'Outcome table'), { 'What happened': /Created/ })
  })
})
