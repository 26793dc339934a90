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
      'Seats bought': '75',
      'Non-billable users': '1',
    })
    await expectRowVisible(tableOf(page, 'Domains'), { Domain: 'pending.example.org', State: 'Not active', 'Verification code': /ppe-/ })
    await expectRowVisible(tableOf(page, 'Features'), { Feature: 'URL defense', Setting: 'On' })
    await expectRowVisible(tableOf(page, 'Mail by kind and period'), { Kind: 'Spam', Direction: 'Incoming', 'Last day': /^\d/ })
    const console = page.getByRole('link', { name: 'Open at Proofpoint' })
    await expect(console).toHaveAttribute('href', /^https:\/\/us3\.proofpointessentials\.com\/i\/\d+\/dashboard$/)
    await expect(console).toHaveAttribute('rel', /noopener/)
    // Each part once, and the code of the one domain that is not active.
    expect(await calls(portal)).toHaveLength(9)
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

  test('more active users than seats are said on the page of the organisation', async ({ page, portal }) => {
    await open(page, portal, 'partner@msp.example', '/proofpoint/orgs/harbor.example')
    await expect(page.getByText('More users are active than seats are bought')).toBeVisible()
    if (js) await expectNoAxe(page)
  })
})
