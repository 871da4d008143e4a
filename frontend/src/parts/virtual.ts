import type { ReactiveController, ReactiveControllerHost } from "lit";

/** So many rows are drawn together; around what is seen, this much more is drawn, in pixels. */
export const ROWS_IN_BLOCK = 2;
const MARGIN = 500;

/** Draws only the blocks of a long list that can be seen, wherever the page scrolls. */
export class VisibleBlocks implements ReactiveController {
  private readonly visible = new Set<number>();
  private observer?: IntersectionObserver;
  private observed = new Set<Element>();

  constructor(private readonly host: ReactiveControllerHost & { renderRoot: HTMLElement | DocumentFragment }) {
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new IntersectionObserver((entries) => this.handle(entries), { rootMargin: `${MARGIN}px 0px` });
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.observed.clear();
  }

  hostUpdated(): void {
    const blocks = new Set<Element>(this.host.renderRoot.querySelectorAll("[data-block]"));
    for (const block of this.observed) if (!blocks.has(block)) this.forget(block);
    for (const block of blocks) if (!this.observed.has(block)) this.observer?.observe(block);
    this.observed = blocks;
  }

  has(block: number): boolean {
    return this.visible.has(block);
  }

  private forget(block: Element): void {
    this.observer?.unobserve(block);
    this.visible.delete(Number((block as HTMLElement).dataset.block));
  }

  private handle(entries: IntersectionObserverEntry[]): void {
    let changed = false;
    for (const entry of entries) {
      const block = Number((entry.target as HTMLElement).dataset.block);
      if (entry.isIntersecting === this.visible.has(block)) continue;
      changed = true;
      if (entry.isIntersecting) this.visible.add(block);
      else this.visible.delete(block);
    }
    if (changed) this.host.requestUpdate();
  }
}
