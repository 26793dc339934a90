// One real browser, the machine's own Chromium. Nothing is retried: a test that fails now and then is a defect.
import { defineConfig } from '@playwright/test'
import type { WorkerOptions } from './support/fixtures'

export default defineConfig<object, WorkerOptions>({
  testDir: 'tests',
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    launchOptions: {
      executablePath: process.env.POSTERN_CHROMIUM || '/usr/bin/chromium',
      // The browser calls nobody but the portal: no updates, no sync, no look-ups of its own.
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
    contextOptions: { reducedMotion: 'reduce' },
    locale: 'en-GB',
    timezoneId: 'UTC',
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
  },
})
