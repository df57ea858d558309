// Which rows of a long page are near the screen. Writing into the others makes the browser lay out and
// draw again what nobody sees, so it is done less often.

/** A whole screen above and below counts as near, so that who scrolls finds all written. */
const NEAR = "100% 0px";

const far = new WeakSet();
let come;

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) far.delete(target);
    else far.add(target);
  }
  come();
}, { rootMargin: NEAR });

/** Looks where batches of rows are, and calls `near` whenever some came near the screen or left it. */
export function watch(batches, near) {
  come = near;
  for (const batch of batches) observer.observe(batch);
}

/** Says whether nobody sees a row, nor soon will. */
export const isFar = (row) => far.has(row.parentElement);
