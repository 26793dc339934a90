// Users at Proofpoint: the list, one user, changing one, and many at once.
import type { Page } from '@playwright/test'
import { mailUserPath } from '../support/addresses'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  facts,
  heading,
  outcome,
  passConnect,
  saveReviewed,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

test.use({ users: 1 })

const USERS = '/proofpoint/orgs/example.com/users'
const ALPHA = mailUserPath('alpha@example.com')

/** Opens a page as the administrator of the cluster, connected with this account at Proofpoint. */
async function open(page: Page, portal: Portal, account: string, path: string): Promise<void> {
  await enter(page, portal, 'admin')
  await passConnect(page.context().request, portal, account)
  await portal.proofpoint.clearCalls()
  await page.goto(path)
}

/** The calls that change something. */
async function writes(portal: Portal): Promise<string[]> {
  const calls = await portal.proofpoint.calls()
  return calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)
}

withAndWithoutJavaScript((js) => {
  test('users are found by name, address and alias', async ({ page, portal }) => {
    await open(page, portal, 'reader@example.com', USERS)
    await expect(heading(page)).toHaveText('Users of example.com')
    if (js) await expectNoAxe(page)
    await page.getByLabel('Search users').fill('ANA@example.org')
    if (!js) await button(page, 'Search').click()
    await expectRowVisible(tableOf(page, 'Users table'), {
      'E-mail': 'ana.nunez@example.com',
      Name: 'Ana Núñez',
      Type: 'End user',
      State: 'Active',
    })
    await expect(page.locator('[data-list-summary]').filter({ hasText: 'Rows 1–1 of 1 matching' })).toBeVisible()
    await page.getByRole('link', { name: 'ana.nunez@example.com' }).click()
    await expect(heading(page)).toHaveText('ana.nunez@example.com')
    expect(await facts(page)).toMatchObject({ Type: 'End user', State: 'Active', 'Takes a licence': 'Yes' })
    if (js) await expectNoAxe(page)
  })

  test('a read-only administrator sees why nothing can be changed', async ({ page, portal }) => {
    await open(page, portal, 'reader@example.com', ALPHA)
    for (const name of ['Edit', 'Make functional', 'Deactivate', 'Delete', 'Add safe senders', 'Add blocked senders', 'Exempt from the synchronisation']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/organization_change/)
    }
    expect(await writes(portal)).toEqual([])
  })

  test('a user is created, changed and deleted', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', USERS)
    await page.getByRole('link', { name: 'New user' }).click()
    await page.getByLabel('E-mail address').fill('alpha@example.com')
    await page.getByLabel('First name').fill('Nia')
    await button(page, 'Create user').click()
    await expect(page.getByText('The organisation has a user of this address already.')).toBeVisible()
    if (js) await expectNoAxe(page)
    await page.getByLabel('E-mail address').fill('nia@example.com')
    await button(page, 'Create user').click()
    await expect(outcome(page, 'status')).toContainText('nia@example.com is created.')
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    if (js) await expectNoAxe(page)
    await page.getByLabel('Last name').fill('Starter')
    await page.getByLabel('Aliases').fill('n.starter@example.com')
    await button(page, 'Review the change').click()
    await expectRowVisible(tableOf(page, 'Change'), { What: 'Last name', Now: 'None', Afterwards: 'Starter' })
    await expectRowVisible(tableOf(page, 'Change'), { What: 'Aliases', Now: 'None', Afterwards: 'n.starter@example.com' })
    if (js) await expectNoAxe(page)
    expect((await writes(portal)).map((call) => call.split(' ')[0]), 'nothing is sent yet').toEqual(['POST'])
    // The form keeps what was typed.
    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(page.getByLabel('Last name')).toHaveValue('Starter')
    await button(page, 'Review the change').click()
    await saveReviewed(page)
    await expect(outcome(page, 'status')).toContainText('nia@example.com is saved.')
    expect(await facts(page)).toMatchObject({ 'Last name': 'Starter', Aliases: 'n.starter@example.com' })
    await button(page, 'Delete').click()
    const dialog = page.getByRole('dialog', { name: 'Delete nia@example.com?' })
    await button(dialog, 'Delete').click()
    await expect(dialog.getByText('Type nia@example.com to delete the user.')).toBeVisible()
    await dialog.getByLabel('Type nia@example.com to go on').fill('nia@example.com')
    await button(dialog, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('nia@example.com is deleted.')
    expect((await writes(portal)).map((call) => call.split(' ')[0])).toEqual(['POST', 'PUT', 'DELETE'])
  })

  test('users are created from a file, with one call for several', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', USERS)
    await page.getByRole('link', { name: 'Create from a file' }).click()
    await expect(heading(page)).toHaveText('Create users from a file')
    if (js) await expectNoAxe(page)
    const choose = async (content: string) => {
      const buffer = Buffer.from(content)
      await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer })
      await button(page, 'Start the dry run').click()
    }
    await choose('name,town\nAna,Osaka\n')
    await expect(page.getByText('The column “town” is not known.')).toBeVisible()
    await choose(
      'email,first_name,aliases\nalpha@example.com,Taken,\none@example.com,One,\ntwo@example.com,Two,one@example.com\n',
    )
    await expect(heading(page)).toHaveText('Dry run: create 3 users at Proofpoint')
    await expect(page.getByText('3 of 3, 2 ready, 1 failed. Finished.')).toBeVisible()
    expect(await writes(portal)).toEqual([])
    await button(page, 'Create the users that passed').click()
    await expect(heading(page)).toHaveText('Create 2 users at Proofpoint')
    await expect(page.getByText('2 of 2, 1 created, 1 failed, 1 not in this run. Finished.')).toBeVisible()
    await expectRowVisible(tableOf(page, 'Outcome table'), { Name: 'one@example.com', 'What happened': 'Created.' })
    await expectRowVisible(tableOf(page, 'Outcome table'), { Name: 'two@example.com', 'What happened': /^Proofpoint said: / })
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual(['POST /api/v1/orgs/example.com/users'])
    await expect(page.getByRole('link', { name: 'Download the failed rows' })).toBeVisible()
    await page.getByRole('link', { name: 'one@example.com', exact: true }).click()
    expect(await facts(page)).toMatchObject({ 'First name': 'One', State: 'Active' })
  })

  test('a user becomes a functional account that Azure leaves alone', async ({ page, portal }) => {
    await open(page, portal, 'admin@example.com', ALPHA)
    await expect(page.getByText('The user is not exempt')).toBeVisible()
    await button(page, 'Make functional').click()
    const dialog = page.getByRole('dialog', { name: 'Make alpha@example.com a functional account?' })
    await expect(dialog.getByText('deletes the account and creates the user again')).toBeVisible()
    await expect(dialog.getByLabel('Exempt the user from the synchronisation first')).toBeChecked()
    if (js) await expectNoAxe(page)
    await button(dialog, 'Make functional').click()
    await expect(outcome(page, 'status')).toContainText('alpha@example.com is a functional account.')
    await expect(page.getByText('The user is exempt: the synchronisation')).toBeVisible()
    expect(await writes(portal)).toEqual([
      'PUT /api/v1/orgs/example.com/settings/azure/exemptions',
      'PUT /api/v1/orgs/example.com/users/alpha@example.com',
    ])
  })

  test('a user is exempted from the synchronisation, and included again', async ({ page, portal }) => {
    await open(page, portal, 'admin@example.com', ALPHA)
    await button(page, 'Exempt from the synchronisation').click()
    await expect(outcome(page, 'status')).toContainText('alpha@example.com is exempt from the synchronisation with Azure.')
    if (js) await expectNoAxe(page)
    await button(page, 'Include in the synchronisation').click()
    await expect(outcome(page, 'status')).toContainText('alpha@example.com takes part in the synchronisation with Azure.')
    expect(await writes(portal)).toEqual([
      'PUT /api/v1/orgs/example.com/settings/azure/exemptions',
      'DELETE /api/v1/orgs/example.com/settings/azure/exemptions/alpha@example.com',
    ])
  })

  test('a user is deactivated with a warning, and activated', async ({ page, portal }) => {
    await open(page, portal, 'admin@example.com', ALPHA)
    await button(page, 'Deactivate').click()
    const dialog = page.getByRole('dialog', { name: 'Deactivate alpha@example.com?' })
    await expect(dialog.getByText('Mail for this user and all aliases stops')).toBeVisible()
    await button(dialog, 'Deactivate').click()
    await expect(outcome(page, 'status')).toContainText('alpha@example.com is inactive.')
    await button(page, 'Activate').click()
    await button(page.getByRole('dialog'), 'Activate').click()
    await expect(outcome(page, 'status')).toContainText('alpha@example.com is active.')
    expect(await facts(page)).toMatchObject({ State: 'Active' })
  })

  test('senders are added and removed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', ALPHA)
    await page.getByLabel('New safe senders').fill('word')
    await button(page, 'Add safe senders').click()
    await expect(page.getByText('word is no sender.')).toBeVisible()
    await page.getByLabel('New safe senders').fill('partner.example')
    await button(page, 'Add safe senders').click()
    await expect(outcome(page, 'status')).toContainText('The safe senders of alpha@example.com are saved.')
    await button(page, 'Remove friend@home.example').click()
    await expect(outcome(page, 'status')).toContainText('friend@home.example is no safe sender')
    await expect(button(page, 'Remove partner.example')).toBeVisible()
    await expect(button(page, 'Remove friend@home.example')).toHaveCount(0)
    if (js) await expectNoAxe(page)
  })

  test('many users are deactivated as a job', async ({ page, portal }) => {
    const chosen = ['alpha@example.com', 'officer@example.com']
    await open(page, portal, 'admin@example.com', `${USERS}?per_page=100`)
    for (const email of [...chosen, 'admin@example.com']) {
      await page.getByRole('checkbox', { name: `Select ${email}`, exact: true }).check()
    }
    await button(page, 'Deactivate').click()
    await expect(heading(page)).toHaveText('Deactivate 2 users?')
    await expect(page.getByText('Mail for these users and all their aliases stops')).toBeVisible()
    await expect(page.getByText('admin@example.com, the account that you are connected with, is left out')).toBeVisible()
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
    await button(page, 'Deactivate').click()
    await expect(heading(page)).toHaveText('Deactivate 2 users at Proofpoint')
    await expect(page.getByText('2 of 2, 2 done. Finished.')).toBeVisible()
    for (const Name of chosen) {
      await expectRowVisible(tableOf(page, 'Outcome table'), { Name, Outcome: 'Done', 'What happened': 'Deactivated.' })
    }
    expect((await writes(portal)).sort()).toEqual(chosen.map((email) => `PUT /api/v1/orgs/example.com/users/${email}`))
    await page.getByRole('link', { name: chosen[0]!, exact: true }).click()
    expect(await facts(page)).toMatchObject({ State: 'Inactive' })
  })

  test('a read-only administrator cannot change many', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await open(page, portal, 'reader@example.com', USERS)
    for (const name of ['Activate', 'Deactivate', 'Make functional', 'Delete']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
    }
    await page.goto(`${USERS}/many?do=delete&ids[]=alpha%40example.com`)
    await expect(heading(page)).toHaveText('Not allowed')
  })
})
