// The chart of docs/performance.md: bars in SVG, readable on light and dark pages. Pure.

/** @typedef {{ label: string, value: number, ours: boolean }} Bar */
/** @typedef {{ title: string, bars: Bar[] }} Panel */

const WIDTH = 760;
const LABEL = 290;
const BAR = { height: 18, step: 26, most: WIDTH - LABEL - 70 };
const TITLE = 34;

const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.t{font-weight:600}.b{fill:#8c959f}.o{fill:#1a7f37}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#6e7681}.o{fill:#3fb950}}`;

/**
 * Draws panels of horizontal bars, each panel from the shortest bar to the longest.
 *
 * @param {readonly Panel[]} panels
 * @param {string} description for whoever cannot see it
 * @returns {string}
 */
export function drawChart(panels, description) {
  let top = 0;
  const parts = panels.map((panel) => {
    const part = drawPanel(panel, top);
    top += TITLE + panel.bars.length * BAR.step + 10;
    return part;
  });
  const text = escapeText(description);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="${text}">
<title>${text}</title>
<style>${STYLE}</style>
${parts.join('\n')}
</svg>
`;
}

/**
 * @param {Panel} panel
 * @param {number} top
 */
function drawPanel({ title, bars }, top) {
  const longest = Math.max(...bars.map(({ value }) => value));
  const sorted = [...bars].sort((a, b) => a.value - b.value);
  const lines = sorted.map((bar, index) => drawBar(bar, longest, top + TITLE + index * BAR.step));
  return [`<text class="t" x="0" y="${top + 20}">${escapeText(title)}</text>`, ...lines].join('\n');
}

/**
 * @param {Bar} bar
 * @param {number} longest
 * @param {number} top
 */
function drawBar({ label, value, ours }, longest, top) {
  const width = Math.max(1, (value / longest) * BAR.most);
  const middle = top + BAR.height - 5;
  return [
    `<text x="${LABEL - 8}" y="${middle}" text-anchor="end">${escapeText(label)}</text>`,
    `<rect class="${ours ? 'o' : 'b'}" x="${LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR.height}"/>`,
    `<text x="${(LABEL + width + 6).toFixed(1)}" y="${middle}">${value.toFixed(value < 100 ? 1 : 0)}</text>`,
  ].join('');
}

/** @param {string} text */
function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
