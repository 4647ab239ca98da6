/** Acts when the signal is aborted, or at once where it is already; gives what takes it back. */
export function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  else signal?.addEventListener("abort", act);
  return () => signal?.removeEventListener("abort", act);
}
