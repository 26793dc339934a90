// Organisations at Proofpoint: finding one, its page, and those below a partner's.
import type { Page } from '@playwright/test'
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
  rows,
  tableOf,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

test.use({ users: 1 })

const ORGANIZATION = '/proofpoint/orgs/example.com'

/** Opens a page as the administrator of the cluster, connected with this account at Proofpoint. */
async function open(page: Page, portal: Portal, account: string, path: string): Promise<void> {
  await enter(page, portal, 'admin')
  await passConnect(page.context().request, portal, account)
  await portal.proofpoint.clearCalls()
  await page.goto(path)
}

/** The calls to Proofpoint, without those that look for an organisation's instance: the portal remembers it. */
async function calls(portal: Portal): Promise<string[]> {
  const calls = await portal.proofpoint.calls()
  return calls.filter(({ path }) => !path.includes('/endpoints/')).map(({ method, path }) => `${method} ${path}`)
}

withAndWithoutJavaScript((js) => {
  test('an organisation administrator finds the organisation by any of its domains', async ({ page, portal }) => {
    await open(page, portal, 'admin@example.com', '/proofpoint')
    const field = page.getByRole('textbox', { name: 'Find an organisation' })
    await field.fill('nowhere.example')
    await button(page, 'Find').click()
    await expect(outcome(page, 'alert')).toContainText('Proofpoint has no organisation with the domain nowhere.example')
    await field.fill('EXAMPLE.org')
    await button(page, 'Find').click()
    if (js) await expectNoAxe(page)
    await page.getByRole('link', { name: 'Example Company' }).click()
    await expect(heading(page)).toHaveText('Example Company')
  })

  test('the page of an organisation shows its seats, domains, mail and features', async ({ page, portal }) => {
    await open(page, portal, 'reader@example.com', ORGANIZATION)
    await expect(heading(page)).toHaveText('Example Company')
    expect(await facts(page)).toMatchObject({
      'Primary domain': 'example.com',
      Package: 'Advanced Plus',
      Instance: 'us3',
      'Seats bought': '76',
      'Non-billable users': '1',
    })
    await expectRowVisible(tableOf(page, 'Domains'), { Domain: 'pending.example.org', State: 'Not active', 'Verification code': /ppe-/ })
    await expectRowVisible(tableOf(page, 'Features'), { Feature: 'URL defense', Setting: 'On' })
    await expectRowVisible(tableOf(page, 'Mail by kind and period'), { Kind: 'Spam', Direction: 'Incoming', 'Last day': /^\d/ })
    const console = page.getByRole('link', { name: 'Open at Proofpoint' })
    await expect(console).toHaveAttribute('href', /^https:\/\/us3\.proofpointessentials\.com\/i\/\d+\/dashboard$/)
    await expect(console).toHaveAttribute('rel', /noopener/)
    // Each part once, and the code of the one domain that is not active. The list of users may be in memory already:
    // then the organisation is read once more, to see whether this session may read it.
    const parts = (await calls(portal)).filter((call) => !call.endsWith('/users'))
    expect(new Set(parts).size).toBe(9)
    expect(parts.length).toBeLessThanOrEqual(10)
    if (js) await expectNoAxe(page)
  })

  test('a partner sees the organisations below its own, with totals', async ({ page, portal }) => {
    await open(page, portal, 'partner@msp.example', '/proofpoint')
    const table = tableOf(page, 'Organisations table')
    await expectRowVisible(table, { Name: 'Harbor Logistics (Example)', Instance: 'us1', Mismatch: /over the licence/ })
    await expectRowVisible(table, { Name: 'Clínica Ejemplo', Instance: 'us3', Mismatch: '—' })
    expect(await facts(page)).toMatchObject({ Organisations: '9', 'Over the licence': '1' })
    expect(await calls(portal)).toEqual(Array(2).fill('GET /api/v1/billing/msp.example/orgs'))
    if (js) await expectNoAxe(page)
    await page.goto('/proofpoint?q=cl%C3%ADnica')
    expect((await rows(table)).map(({ Name }) => Name)).toEqual(['Clínica Ejemplo'])
    await expect(page.getByRole('link', { name: 'Export as CSV' })).toHaveAttribute(
      'href',
      '/export/proofpoint-organizations.csv?q=cl%C3%ADnica',
    )
    await portal.proofpoint.faults([{ path: '/api/v1/billing', fault: { status: 500 } }])
    await page.goto('/proofpoint')
    await expect(outcome(page, 'alert')).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Your account there' })).toBeVisible()
  })

  test('the sender lists of an organisation are changed', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', ORGANIZATION)
    await page.getByRole('link', { name: 'Sender lists' }).click()
    await expect(heading(page)).toHaveText('Sender lists')
    if (js) await expectNoAxe(page)
    await page.getByLabel('New blocked senders').fill('word')
    await button(page, 'Add blocked senders').click()
    await expect(page.getByText('word is no sender.')).toBeVisible()
    await page.getByLabel('New blocked senders').fill('spam.example')
    await button(page, 'Add blocked senders').click()
    await expect(outcome(page, 'status')).toContainText('The blocked senders of example.com are saved.')
    await button(page, 'Remove spam.example').click()
    await expect(outcome(page, 'status')).toContainText('spam.example is no blocked sender of example.com any more.')
    expect(await writes(portal)).toEqual([
      'POST /api/v1/orgs/example.com/sender-lists',
      'DELETE /api/v1/orgs/example.com/sender-lists',
    ])
  })

  test('more active users than seats are said on the page of the organisation', async ({ page, portal }) => {
    await open(page, portal, 'partner@msp.example', '/proofpoint/orgs/harbor.example')
    await expect(page.getByText('More users are active than seats are bought')).toBeVisible()
    if (js) await expectNoAxe(page)
  })
})

/** The calls that change something. */
const writes = async (portal: Portal): Promise<string[]> => (await calls(portal)).filter((call) => !call.startsWith('GET '))

withAndWithoutJavaScript((js) => {
  test('a partner changes the seats and the package after a review', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'partner@msp.example', '/proofpoint/orgs/dental.example')
    await page.getByRole('link', { name: 'Licensing' }).click()
    await expect(heading(page)).toHaveText('Licensing of Example Dental Practice')
    if (js) await expectNoAxe(page)
    await page.getByLabel('Seats', { exact: true }).fill('30')
    await button(page, 'Review the seats').click()
    await expect(heading(page)).toHaveText('Review the change of dental.example')
    expect(await rows(tableOf(page, 'Change'))).toEqual([{ What: 'Seats', Now: '25', Afterwards: '30' }])
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(page.getByLabel('Seats', { exact: true })).toHaveValue('30')
    await button(page, 'Review the seats').click()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The organisation of dental.example has 30 seats.')
    expect(await writes(portal)).toEqual(['PUT /api/v1/orgs/dental.example/licensing'])

    await page.getByLabel('Package', { exact: true }).selectOption('Professional')
    await button(page, 'Review the package').click()
    await expect(page.getByText('only when its licence agreement is accepted')).toBeVisible()
    await page.getByLabel('I accept Proofpoint').check()
    await button(page, 'Review the package').click()
    expect(await rows(tableOf(page, 'Change'))).toEqual([{ What: 'Package', Now: 'Business', Afterwards: 'Professional' }])
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('has the package Professional.')
    expect(await facts(page)).toMatchObject({ 'Seats bought': '30', Package: 'Professional' })
  })

  test('features are changed after a review', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', ORGANIZATION)
    await page.getByRole('link', { name: 'Features' }).click()
    await expect(heading(page)).toHaveText('Features of example.com')
    if (js) await expectNoAxe(page)
    const days = page.getByLabel('Instant replay', { exact: true })
    await days.fill('many')
    await button(page, 'Review the features').click()
    await expect(page.getByText('This must be a whole number')).toBeVisible()
    await days.fill('14')
    const dlp = page.getByRole('checkbox', { name: 'DLP' })
    const is = await dlp.isChecked()
    await dlp.setChecked(!is)
    await button(page, 'Review the features').click()
    await expect(heading(page)).toHaveText('Review the features of example.com')
    const [now, afterwards] = is ? ['on', 'off'] : ['off', 'on']
    expect(await rows(tableOf(page, 'Change'))).toEqual([
      { What: 'DLP', Now: now, Afterwards: afterwards },
      { What: 'Instant replay', Now: '30', Afterwards: '14' },
    ])
    if (js) await expectNoAxe(page)
    expect(await writes(portal)).toEqual([])
    await page.getByRole('link', { name: 'Change the form' }).click()
    await expect(days).toHaveValue('14')
    await dlp.setChecked(is)
    await button(page, 'Review the features').click()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The features of example.com are saved.')
    expect(await writes(portal)).toEqual(['PUT /api/v1/orgs/example.com/features'])
    await expect(days).toHaveValue('14')
  })

  test('a read-only administrator sees the features and why none can be changed', async ({ page, portal }) => {
    await open(page, portal, 'reader@example.com', `${ORGANIZATION}/features`)
    await expect(button(page, 'Review the features')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Review the features')).toHaveAccessibleDescription(/organization_change/)
  })

  test('an organisation administrator may look at the licensing and not change it', async ({ page, portal }) => {
    await open(page, portal, 'admin@example.com', `${ORGANIZATION}/licensing`)
    expect(await facts(page)).toMatchObject({ 'Seats bought': '76', Package: 'Advanced Plus' })
    for (const name of ['Review the seats', 'Review the package']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/licensing_change/)
    }
    if (js) await expectNoAxe(page)
  })

  test('a domain is added, verified, changed and deleted', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await open(page, portal, 'admin@example.com', ORGANIZATION)
    await page.getByRole('link', { name: 'Add a domain' }).click()
    if (js) await expectNoAxe(page)
    await page.getByLabel('Domain', { exact: true }).fill('shop.example.com')
    await page.getByLabel('Routes mail').check()
    await button(page, 'Add domain').click()
    await expect(page.getByText('needs the server that its mail goes to')).toBeVisible()
    await page.getByLabel('Destination').fill('mail.example.com')
    await button(page, 'Add domain').click()
    await expect(outcome(page, 'status')).toContainText('The domain shop.example.com is added.')
    await expectRowVisible(tableOf(page, 'Domains'), { Domain: 'shop.example.com', State: 'Not active' })

    await page.getByRole('link', { name: 'shop.example.com' }).click()
    if (js) await expectNoAxe(page)
    await page.getByLabel('Published in').selectOption('META tag')
    await button(page, 'Verify').click()
    await expect(outcome(page, 'status')).toContainText('The domain shop.example.com is verified.')
    await expectRowVisible(tableOf(page, 'Domains'), { Domain: 'shop.example.com', State: 'Active' })

    await page.getByRole('link', { name: 'shop.example.com' }).click()
    await page.getByLabel('Destination').fill('other.example.com')
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The domain shop.example.com is changed.')
    await expectRowVisible(tableOf(page, 'Domains'), { Domain: 'shop.example.com', Destination: 'other.example.com' })

    await page.getByRole('link', { name: 'shop.example.com' }).click()
    await button(page, 'Delete').click()
    const dialog = page.getByRole('dialog', { name: 'Delete the domain shop.example.com?' })
    await button(dialog, 'Delete').click()
    await expect(dialog.getByText('Type shop.example.com to delete the domain.')).toBeVisible()
    if (js) await expectNoAxe(page)
    await dialog.getByLabel('Type shop.example.com to go on').fill('shop.example.com')
    await button(dialog, 'Delete').click()
    await expect(outcome(page, 'status')).toContainText('The domain shop.example.com is deleted.')
    await expect(page.getByRole('link', { name: 'shop.example.com' })).toHaveCount(0)
    expect((await writes(portal)).map((call) => call.split(' ')[0])).toEqual(['POST', 'PUT', 'PUT', 'DELETE'])
  })

  test('a code that Proofpoint does not find is said in plain words', async ({ page, portal, watch }) => {
    watch.allowStatus(409)
    await open(page, portal, 'admin@example.com', ORGANIZATION)
    await button(page, 'Verify').click()
    await expect(page.getByText('Proofpoint did not find the code of pending.example.org.')).toBeVisible()
  })

  test('a read-only administrator changes no domain', async ({ page, portal }) => {
    await open(page, portal, 'reader@example.com', `${ORGANIZATION}/domains/pending.example.org`)
    for (const name of ['Save', 'Verify', 'Delete']) {
      await expect(button(page, name)).toHaveAttribute('aria-disabled', 'true')
      await expect(button(page, name)).toHaveAccessibleDescription(/organization_change/)
    }
    if (js) await expectNoAxe(page)
  })
})
