import type { BrowserContext } from "playwright-core"

const SCARF = `
<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600" viewBox="0 0 800 600">
  <rect width="800" height="600" fill="#f2e3cf"/>
  <circle cx="610" cy="170" r="110" fill="#e9c48f"/>
  <path d="M0 470 Q200 400 400 460 T800 440 V600 H0 Z" fill="#c9713f"/>
  <path d="M0 520 Q220 460 430 515 T800 500 V600 H0 Z" fill="#8f3f2b"/>
  <g fill="#b3262e">
    <path d="M250 130 C310 250 470 250 530 130 L575 160 C520 320 260 320 205 160 Z"/>
    <path d="M330 250 L420 250 L440 500 L320 500 Z"/>
  </g>
  <g stroke="#f2e3cf" stroke-width="10" fill="none">
    <path d="M328 300 H425"/><path d="M325 350 H429"/><path d="M322 400 H433"/>
    <path d="M320 450 H437"/>
  </g>
</svg>`

/** A file as a person picks it from a disk. */
export interface PictureFile {
  name: string
  mimeType: string
  buffer: Buffer
}

/** A picture of the kind that a merchant posts. */
export const drawPicture = async (
  context: BrowserContext
): Promise<PictureFile> => {
  const page = await context.newPage()
  try {
    await page.setContent(`<body style="margin:0">${SCARF}</body>`)
    const buffer = await page.locator("svg").screenshot()
    return { name: "scarf.png", mimeType: "image/png", buffer }
  } finally {
    await page.close()
  }
}
