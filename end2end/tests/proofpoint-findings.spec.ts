// Findings in an organisation at Proofpoint: what is found, why it matters, where to mend it, and what was not checked.
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
  hydrated,
  passConnect,
  test,
  withAndWithoutJavaScript,
  type Portal,
} from '../support/fixtures'

const FINDINGS = '/proofpoint/findings'
const ORGANIZATION = '/api/v1/orgs/example.com'

const findings = (page: Page) => page.getByRole('table', { name: 'Findings' })

/** Opens a page as a user of the cluster who is connected with an account at Proofpoint. */
async function enterConnected(page: Page, portal: Portal, user: string, email: string, path = FINDINGS): Promise<void> {
  await enter(page, portal, user)
  await passConnect(page.context().request, portal, email)
  await page.goto(portal.url + path)
  await hydrated(page)
}

const ownDomain = {
  Finding: "The organisation's own domain is let in",
  Severity: 'High',
  Kind: 'Own domain is let in',
  'Entry or value': '*@example.com',
  Where: 'example.com',
  'Why it matters': /easily forged/,
  'Where to mend it': "The organisation's sender lists",
}

withAndWithoutJavaScript((js) => {
  test('an administrator sees what deserves attention, narrows it and searches it', async ({ page, portal }) => {
    await enterConnected(page, portal, 'helpdesk', 'admin@example.com', '/proofpoint')
    await page.getByRole('link', { name: 'Findings', exact: true }).click()
    await expect(heading(page)).toHaveText('Findings')
    await expect(page.getByRole('main')).toContainText('Example Company (example.com)')
    await expectRowVisible(findings(page), ownDomain)
    await expectRowVisible(findings(page), { Severity: 'Medium', 'Entry or value': '*@gmail.com', Where: 'alpha@example.com' })
    await expectRowVisible(findings(page), { Kind: 'Azure secret', Finding: 'The secret of the synchronisation with Azure ends in 21 days' })
    await expectRowVisible(findings(page), { Kind: 'Only at Proofpoint', Where: / and [\d,]+ more$/ })
    await expect(page.getByRole('main')).not.toContainText('Not checked')
    if (js) await expectNoAxe(page)

    await page.getByRole('navigation', { name: 'Severity' }).getByRole('link', { name: /^Medium: / }).click()
    await expect(page).toHaveURL(/severity=medium/)
    await expectNoRow(findings(page), { Severity: 'High' })
    await expectRowVisible(findings(page), { Kind: 'Certificate', Where: 'Sign-in of example.com' })
    await page.getByRole('searchbox', { name: 'Search findings' }).fill('alpha')
    await button(page, 'Search').click()
    await expect(findings(page).locator('tbody tr')).toHaveCount(1)
    await expectRowVisible(findings(page), { 'Entry or value': '*@gmail.com' })
    await expect(page.getByRole('link', { name: 'alpha@example.com' })).toHaveAttribute(
      'href',
      '/proofpoint/orgs/example.com/users/alpha%40example.com',
    )
  })

  test('a read-only administrator sees the same', async ({ page, portal }) => {
    await enterConnected(page, portal, 'helpdesk', 'reader@example.com')
    await expectRowVisible(findings(page), ownDomain)
  })

  test('a part that fails or may not be seen is said not to be checked', async ({ page, portal }) => {
    await portal.proofpoint.faults([{ path: `${ORGANIZATION}/settings/azure`, fault: { status: 500 } }])
    await enterConnected(page, portal, 'officer', 'admin@example.com')
    const main = page.getByRole('main')
    await expect(main).toContainText('Not checked: Secret and last run of the synchronisation with Azure.')
    await expect(main).toContainText('Proofpoint failed')
    await expect(main).toContainText('Not checked: People who are in one system and not in the other.')
    await expect(main).toContainText('user_manager_viewer')
    await expectRowVisible(findings(page), ownDomain)
    await expectNoRow(findings(page), { Kind: 'Azure secret' })
    if (js) await expectNoAxe(page)
    await portal.proofpoint.clearFaults()
    await page.getByRole('link', { name: 'Refresh' }).click()
    await expectRowVisible(findings(page), { Kind: 'Azure secret' })
  })

  test('a partner checks a customer by one of its domains', async ({ page, portal, watch }) => {
    watch.allowStatus(404)
    await enterConnected(page, portal, 'helpdesk', 'partner@msp.example')
    const domain = page.getByLabel('Domain of the organisation')
    await domain.fill('museum.example')
    await button(page, 'Check').click()
    await expect(page.getByRole('main')).toContainText('Museum of Examples (museum.example)')
    await expectRowVisible(findings(page), { Severity: 'High', 'Entry or value': '0.0.0.0/0', Finding: 'Every sender is let in' })
    await page.getByRole('navigation', { name: 'Severity' }).getByRole('link', { name: /^High: / }).click()
    await expect(page.getByRole('main')).toContainText('Museum of Examples (museum.example)')
    await domain.fill('rival.example')
    await button(page, 'Check').click()
    await expect(page.getByRole('main')).toContainText('Proofpoint has no organisation with the domain rival.example')
  })

  test('an end user reads why the findings are not shown', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enterConnected(page, portal, 'helpdesk', 'employee@example.com')
    await expect(page.getByRole('main')).toContainText('organization_read')
  })
})

test('an organisation that cannot be reached has no list without findings', async ({ page, portal, watch }) => {
  watch.allowStatus(502, 503)
  await portal.proofpoint.faults([{ path: ORGANIZATION, fault: 'drop' }])
  await enterConnected(page, portal, 'helpdesk', 'admin@example.com')
  await expect(page.getByRole('main')).toContainText('Proofpoint could not be reached.')
  await expect(page.getByRole('main')).not.toContainText('No findings')
})

test('the CSV export has one line for each person', async ({ page, portal }) => {
  await enterConnected(page, portal, 'helpdesk', 'admin@example.com')
  const file = await page.request.get(`${portal.url}/export/proofpoint-findings.csv?kind=only-proofpoint`)
  expect(file.status()).toBe(200)
  const lines = (await file.text()).trim().split('\r\n')
  expect(lines[0]).toBe('Finding,Severity,Kind,Entry or value,Where,Why it matters,Where to mend it')
  expect(lines.filter((line) => line.includes('ana.nunez@example.com'))).toHaveLength(1)
})

test('the page fits a narrow screen', async ({ page, portal }) => {
  await page.setViewportSize({ width: 360, height: 800 })
  await enterConnected(page, portal, 'helpdesk', 'admin@example.com')
  await expectNoSidewaysScroll(page)
})
