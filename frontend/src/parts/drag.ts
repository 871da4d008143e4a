/** Drag a call onto a person, with the mouse, a pen or a finger; Home Assistant's own drag and drop knows no touch. */

const THRESHOLD = 8;
/** So near to the upper or lower edge the page scrolls, by so much in each frame, in pixels. */
const EDGE = 56;
const STEP = 10;

/** Find the innermost element of a name under a point, through open shadow roots. */
function findUnder(x: number, y: number, name: string): HTMLElement | undefined {
  let element: Element | null = document.elementFromPoint(x, y);
  while (element) {
    const found = element.closest(name);
    if (found) return found as HTMLElement;
    const inner: Element | null = element.shadowRoot?.elementFromPoint(x, y) ?? null;
    if (!inner || inner === element) return undefined;
    element = inner;
  }
  return undefined;
}

/** Start when a pointer goes down; `hover` is called with what is below, `drop` once at the end. */
export function startDrag(
  down: PointerEvent,
  label: string,
  name: string,
  hover: (element: HTMLElement | undefined) => void,
  drop: (element: HTMLElement | undefined) => void,
): void {
  if (down.button !== 0) return;
  let ghost: HTMLElement | undefined;
  let last = down;
  let frame = 0;
  const scroll = (): void => {
    const step = last.clientY < EDGE ? -STEP : last.clientY > window.innerHeight - EDGE ? STEP : 0;
    document.scrollingElement?.scrollBy(0, step);
    if (step) hover(findUnder(last.clientX, last.clientY, name));
    frame = requestAnimationFrame(scroll);
  };
  const move = (event: PointerEvent): void => {
    const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > THRESHOLD;
    if (!ghost && far) {
      ghost = makeGhost(label);
      frame = requestAnimationFrame(scroll);
    }
    if (!ghost) return;
    event.preventDefault();
    last = event;
    ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
    hover(findUnder(event.clientX, event.clientY, name));
  };
  const end = (event: PointerEvent | KeyboardEvent): void => {
    if (event instanceof KeyboardEvent && event.key !== "Escape") return;
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    window.removeEventListener("keydown", end, true);
    cancelAnimationFrame(frame);
    hover(undefined);
    if (!ghost) return;
    ghost.remove();
    if (event.type === "pointerup") {
      const { clientX, clientY } = event as PointerEvent;
      drop(findUnder(clientX, clientY, name));
    }
  };
  window.addEventListener("pointermove", move, { passive: false });
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
  window.addEventListener("keydown", end, true);
}

function makeGhost(label: string): HTMLElement {
  const ghost = document.createElement("div");
  ghost.textContent = label;
  ghost.setAttribute("aria-hidden", "true");
  Object.assign(ghost.style, {
    position: "fixed",
    zIndex: "9999",
    top: "0",
    left: "0",
    padding: "8px 14px",
    borderRadius: "18px",
    background: "#1f2937",
    color: "#fff",
    pointerEvents: "none",
  });
  document.body.append(ghost);
  return ghost;
}
