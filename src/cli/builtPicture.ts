/** A finished picture for the documentation, and its words. */
export interface Built {
  readonly png: Uint8Array;
  readonly title: string;
  readonly alt: string;
}
