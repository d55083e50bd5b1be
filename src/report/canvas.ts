/** What a report for a terminal is drawn on. */
export interface Canvas {
  /** Columns of the terminal. */
  readonly width: number;
  /** Wraps a text in a style, or gives it back where there are no colours. */
  readonly colour: (style: CanvasStyle, text: string) => string;
}

export type CanvasStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';

/** Without colours. */
export function plainCanvas(width = 110): Canvas {
  return { width, colour: (_, text) => text };
}
