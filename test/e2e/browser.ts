// A real browser in front of the edge, and a record of what it was given.
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { childEnvironment } from '../../scripts/environment.js';
import { advice, findParts } from '../../scripts/parts.js';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-proxy-server',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium that the tests' parts name, without a window and with a profile of its own. */
export async function startBrowser(): Promise<Browser> {
  const { found, missing } = await findParts(['chromium']);
  const executablePath = found.chromium?.tools.browser;
  if (!executablePath) throw new Error(advice(missing, true));
  return chromium.launch({ executablePath, headless: true, args: FLAGS, env: childEnvironment() });
}

/** One page as the browser got it: every answer on the way to it, and its HTML as it came over the wire. */
export type Visit = {
  readonly step: string;
  /** Method, status and path of the page and of the redirects that led there. */
  readonly way: readonly string[];
  /** Where the address bar stands, without the origin. */
  readonly address: string;
  readonly html: string;
  /** The page's text without its tags. */
  readonly text: string;
  /** Who answered, and why. */
  readonly banyan: string;
};

/** A page under watch. */
export type Visitor = {
  readonly page: Page;
  readonly visits: readonly Visit[];
  /** Errors on the console, exceptions in scripts, requests that failed or were answered with an error. */
  readonly complaints: readonly string[];
  /** Does what loads another page, and records that page. */
  step(name: string, action: () => Promise<unknown>): Promise<Visit>;
  close(): Promise<void>;
};

/** Opens a window with no cookies; the edge is asked to say who answers. */
export async function openVisitor(browser: Browser): Promise<Visitor> {
  const context = await browser.newContext({ extraHTTPHeaders: { 'X-Banyan': '1' } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const visits: Visit[] = [];
  const complaints = watchComplaints(page);
  let documents: Response[] = [];
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) documents.push(response);
  });
  return {
    page,
    visits,
    complaints,
    step: async (step, action) => {
      documents = [];
      await Promise.all([page.waitForEvent('load'), action()]);
      const visit = await visitOf(step, page, documents);
      visits.push(visit);
      return visit;
    },
    close: () => context.close(),
  };
}

async function visitOf(step: string, page: Page, documents: readonly Response[]): Promise<Visit> {
  const last = documents.at(-1);
  if (!last) throw new Error(`${step}: no page was loaded`);
  return {
    step,
    way: documents.map((one) => `${one.request().method()} ${one.status()} ${addressOf(one.url())}`),
    address: addressOf(page.url()),
    html: await last.text(),
    text: (await page.textContent('body')) ?? '',
    banyan: (await last.headerValue('x-banyan')) ?? '',
  };
}

function addressOf(url: string): string {
  return url.slice(new URL(url).origin.length);
}

function watchComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('requestfailed', (request) => {
    complaints.push(`failed: ${request.method()} ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  return complaints;
}
