/** A smooth convex function: returns the value at `x` and writes the gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly iterations: number;
  readonly converged: boolean;
  /** The function's value at the start and after each iteration that moved. */
  readonly values: readonly (readonly [iteration: number, value: number])[];
}

export interface MinimizeOptions {
  readonly start: Float64Array;
  readonly maxIterations: number;
  /** Converged when no part of the gradient is larger than this. */
  readonly tolerance: number;
  /** Asked before each iteration: true ends the search. */
  readonly stopped: (iteration: number) => Promise<boolean>;
}

const memory = 12;

/**
 * L-BFGS (Liu and Nocedal 1989) for convex functions. The line search looks at slopes only: along a line a convex
 * function falls while its slope is negative, and slopes stay exact near the minimum, where differences of values
 * drown in rounding. Undefined when it was stopped.
 */
export async function minimize(objective: Objective, options: MinimizeOptions): Promise<Minimum | undefined> {
  const size = options.start.length;
  let x = options.start.slice();
  let gradient = new Float64Array(size);
  const values: [number, number][] = [[0, objective(x, gradient)]];
  let nextX = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  for (let iteration = 0; ; iteration++) {
    if (largest(gradient) <= options.tolerance) return { x, iterations: iteration, converged: true, values };
    if (iteration === options.maxIterations) return { x, iterations: iteration, converged: false, values };
    if (await options.stopped(iteration)) return undefined;
    twoLoops(direction, gradient, steps, changes);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      steps.length = 0;
      changes.length = 0;
      for (let i = 0; i < size; i++) direction[i] = -gradient[i]!;
      slope = -dot(gradient, gradient);
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    const moved = lineSearch(objective, { x, direction, slope, first, nextX, nextGradient });
    if (moved === undefined) {
      if (steps.length === 0) return { x, iterations: iteration, converged: false, values };
      steps.length = 0;
      changes.length = 0;
      continue;
    }
    values.push([iteration + 1, moved]);
    const step = nextX.map((value, i) => value - x[i]!);
    const change = nextGradient.map((value, i) => value - gradient[i]!);
    if (dot(step, change) > 1e-300) {
      steps.push(step);
      changes.push(change);
      if (steps.length > memory) {
        steps.shift();
        changes.shift();
      }
    }
    [x, nextX] = [nextX, x];
    [gradient, nextGradient] = [nextGradient, gradient];
  }
}

/** The direction: minus the approximate inverse Hessian times the gradient. */
function twoLoops(
  direction: Float64Array,
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): void {
  const size = gradient.length;
  for (let i = 0; i < size; i++) direction[i] = -gradient[i]!;
  const factors = new Float64Array(steps.length);
  for (let k = steps.length - 1; k >= 0; k--) {
    const step = steps[k]!;
    const change = changes[k]!;
    const factor = dot(step, direction) / dot(step, change);
    factors[k] = factor;
    for (let i = 0; i < size; i++) direction[i] = direction[i]! - factor * change[i]!;
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = dot(steps[last]!, changes[last]!) / dot(changes[last]!, changes[last]!);
    for (let i = 0; i < size; i++) direction[i] = direction[i]! * scale;
  }
  for (let k = 0; k < steps.length; k++) {
    const step = steps[k]!;
    const change = changes[k]!;
    const factor = factors[k]! - dot(change, direction) / dot(step, change);
    for (let i = 0; i < size; i++) direction[i] = direction[i]! + factor * step[i]!;
  }
}

interface Line {
  readonly x: Float64Array;
  readonly direction: Float64Array;
  /** Slope at 0, negative. */
  readonly slope: number;
  readonly first: number;
  readonly nextX: Float64Array;
  readonly nextGradient: Float64Array;
}

/** Finds a step where the slope has at most 0.9 of its size left (the strong curvature condition); gives the value there. */
function lineSearch(objective: Objective, line: Line): number | undefined {
  const { x, direction, slope, nextX, nextGradient } = line;
  let low = 0;
  let lowSlope = slope;
  let high = Infinity;
  let highSlope = 0;
  let step = line.first;
  for (let tries = 0; tries < 60; tries++) {
    for (let i = 0; i < x.length; i++) nextX[i] = x[i]! + step * direction[i]!;
    const value = objective(nextX, nextGradient);
    const here = dot(direction, nextGradient);
    if (Number.isFinite(value) && Math.abs(here) <= 0.9 * -slope) return value;
    if (Number.isFinite(value) && here < 0) {
      low = step;
      lowSlope = here;
    } else {
      high = step;
      highSlope = here;
    }
    if (high === Infinity) step *= 4;
    else {
      const width = high - low;
      const secant = Number.isFinite(highSlope)
        ? low + (width * -lowSlope) / (highSlope - lowSlope)
        : Number.NaN;
      step = secant > low + 0.05 * width && secant < high - 0.05 * width ? secant : low + width / 2;
    }
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
