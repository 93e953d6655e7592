/**
 * Puts TensorFlow.js back to rest after its call stack was cut off. Its engine counts open scopes, kernels
 * and gradients, and takes them back in `finally`, which a termination does not run: without this, no
 * gradient could be computed after an interrupted training step, and the step's tensors would never be freed.
 */

interface Tensor {
  readonly dispose: () => void;
}

/** The part of tfjs-core's engine (4.22) that holds what is open. */
interface Engine {
  readonly endScope: () => void;
  readonly state: {
    kernelDepth: number;
    gradientDepth: number;
    numDataMovesStack: number[];
    activeTape: readonly { readonly saved?: readonly Tensor[] }[] | null;
    readonly scopeStack: readonly unknown[];
  };
}

/** To be called when no synchronous code runs: then nothing may be open. Does nothing without tfjs. */
export function restoreTensorflow(): void {
  // Where tfjs-core keeps the one engine of a process, whichever copy of it was loaded first.
  const engine = Reflect.get(globalThis, "_tfengine") as Engine | undefined;
  if (engine === undefined) return;
  const { state } = engine;
  if (state.scopeStack.length === 0 && state.kernelDepth === 0 && state.gradientDepth === 0) return;
  for (const { saved = [] } of state.activeTape ?? []) for (const tensor of saved) tensor.dispose();
  while (state.scopeStack.length > 0) engine.endScope();
  Object.assign(state, { kernelDepth: 0, gradientDepth: 0, numDataMovesStack: [], activeTape: null });
}
