// The services of the cluster: log levels and specifications; and resilient packages.
import { readFile } from 'node:fs/promises'
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

withAndWithoutJavaScript((js) => {
  test('an administrator sets the log level of one service', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/services')
    if (js) await expectNoAxe(page)
    await button(page, 'Set the level of pim').click()
    await expect(page.getByRole('main')).toContainText('Choose one of these: SEVERE')
    await page.getByLabel('Log level of Policy management (pim)').selectOption('FINE')
    await button(page, 'Set the level of pim').click()
    await expect(outcome(page, 'status')).toContainText('The service pim logs at the level FINE.')
    await expectRowVisible(tableOf(page, 'Services and what they report'), { Service: /pim/, 'Log level': 'FINE' })
  })

  test('without the permission the control says why', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/services')
    const set = page.getByRole('button', { name: 'Set the level of pim' })
    await expect(set).toHaveAttribute('aria-disabled', 'true')
    await expect(set).toHaveAccessibleDescription(/web_admin/)
  })

  test('the specification of a service is listed, searched and downloaded', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/services')
    await page.getByRole('link', { name: 'Policy management (pim)' }).click()
    await expect(heading(page)).toContainText('Specification')
    await expectRowVisible(tableOf(page, 'Objects that can be changed and deleted'), { Object: 'Role', Change: 'No', Delete: 'No' })
    await page.goto('/services/pim/doc?q=deploy')
    await expect(page.getByRole('main')).toContainText('/deploy')
    await expect(page.getByRole('main')).not.toContainText('/alphabets')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the YAML file' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^postern-pim-specification-.*\.yaml$/)
    expect(await readFile(await download.path(), 'utf8')).toContain('openapi')
  })

  test('an officer exports a resilient package', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/packages')
    if (js) await expectNoAxe(page)
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export package').click()])
    expect(download.suggestedFilename()).toMatch(/^postern-rps-.*\.json$/)
    const text = await readFile(await download.path(), 'utf8')
    expect(Object.keys(JSON.parse(text))).toContain('ciphertext')
  })
})

test('the page follows each service while it is open, without being loaded again', async ({ page, portal }) => {
  await enter(page, portal, 'auditor', '/services')
  const table = tableOf(page, 'Services and what they report')
  const cell = (service: RegExp, place: number) => table.getByRole('row', { name: service }).getByRole('cell').nth(place)
  const [state, ready, level] = [0, 1, 5]
  await expect(cell(/pim/, state)).toHaveText('Up')
  await page.evaluate(() => document.body.setAttribute('data-same-page', ''))

  // One service does not answer at all: the others are followed all the same.
  await portal.simulator.faults([
    { path: '/pty/v1/rps', fault: 'hold' },
    { path: '/pty/v2/pim/health', fault: { status: 500 } },
    { path: '/pty/v2/pim/ready', fault: { status: 503 } },
  ])
  await (await portal.simulator.asAdmin()).setLogLevel('DEBUG')
  await expect(cell(/pim/, state)).toHaveText('No answer')
  await expect(cell(/pim/, state).locator('.badge')).toHaveClass('badge bad')
  await expect(cell(/pim/, ready)).toHaveText('—')
  await expect(cell(/auth/, level)).toHaveText('DEBUG')
  await expect(cell(/rps/, state)).toHaveText('Up')
  await expectNoAxe(page)

  await portal.simulator.clearFaults()
  await expect(cell(/pim/, state)).toHaveText('Up')
  await expect(cell(/pim/, ready)).toHaveText('yes')
  await expect(page.getByText(/^Asked at \d{4}-/)).toBeVisible()
  await expect(page.locator('body[data-same-page]')).toBeAttached()
})

test.describe('without JavaScript', () => {
  test.use({ js: false })

  test('the page is loaded again at intervals for who asks for it', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/services')
    const reload = page.locator('meta[http-equiv="refresh"]')
    await expect(reload).toHaveCount(0)
    await page.getByRole('link', { name: 'Reload this page every 10 seconds' }).click()
    await expect(reload).toHaveAttribute('content', '10')
    const table = tableOf(page, 'Services and what they report')
    await portal.simulator.faults([{ path: '/pty/v2/pim/health', fault: { status: 500 } }])
    await expect(table.getByRole('row', { name: /pim/ }).getByRole('cell').first()).toHaveText('No answer')
    await page.getByRole('link', { name: 'Stop reloading this page' }).click()
    await expect(reload).toHaveCount(0)
  })
})
