interface Placed {
  step: number;
  /** Decides between two of one step. */
  place: number;
}

const isBefore = (a: Placed, b: Placed): boolean =>
  a.step < b.step || (a.step === b.step && a.place < b.place);

/** Gives back the earliest step of what was added so far: a binary heap. */
export const createEarliest = (): { add: (one: Placed) => void; take: () => Placed | undefined } => {
  const heap: Placed[] = [];
  const swapIfBefore = (child: number, parent: number): boolean => {
    const [low, high] = [heap[child], heap[parent]];
    if (!low || !high || !isBefore(low, high)) return false;
    heap[child] = high;
    heap[parent] = low;
    return true;
  };
  const firstBelow = (at: number): number => {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    return left && right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
  };
  return {
    add: (one) => {
      heap.push(one);
      let at = heap.length - 1;
      while (at > 0 && swapIfBefore(at, (at - 1) >> 1)) at = (at - 1) >> 1;
    },
    take: () => {
      const [first] = heap;
      const last = heap.pop();
      if (!first || !last || heap.length === 0) return first;
      heap[0] = last;
      for (let at = 0, next = firstBelow(at); swapIfBefore(next, at); next = firstBelow(at)) at = next;
      return first;
    },
  };
};
