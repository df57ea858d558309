// Reads printed codes, as a phone's camera does: from pixels.

import decodeQR from "qr/decode.js";

/** Returns what the code says that is drawn at `place`. */
export async function read(browser, place) {
  const shot = await place.screenshot();
  const context = await browser.newContext();
  const page = await context.newPage();
  const { width, height, pixels } = await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const drawing = canvas.getContext("2d");
    drawing.drawImage(image, 0, 0);
    const { data } = drawing.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, pixels: Array.from(data) };
  }, shot.toString("base64"));
  await context.close();
  return decodeQR({ width, height, data: Uint8ClampedArray.from(pixels) });
}
