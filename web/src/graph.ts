/// Layers of a journey's graph: entry on top, each step below everything that leads to it (edges that go back are drawn, but
/// do not push), within a layer ordered by where its predecessors stand (barycentres), so that few edges cross.
export interface Edge {
  from: string;
  to: string;
  label: string;
}
export interface Laid {
  id: string;
  layer: number;
  x: number;
  y: number;
}
export interface Layout {
  nodes: Laid[];
  width: number;
  height: number;
}
export const box = { width: 220, height: 108, across: 32, down: 44 };

/// Edges that close a circle, found depth first from the entry.
function backward(ids: string[], edges: Edge[]): Set<Edge> {
  const out = new Map<string, Edge[]>(ids.map((id) => [id, []]));
  edges.forEach((edge) => out.get(edge.from)?.push(edge));
  const state = new Map<string, 1 | 2>();
  const back = new Set<Edge>();
  const visit = (id: string) => {
    state.set(id, 1);
    for (const edge of out.get(id) ?? []) {
      const seen = state.get(edge.to);
      if (seen === 1) back.add(edge);
      else if (seen === undefined && out.has(edge.to)) visit(edge.to);
    }
    state.set(id, 2);
  };
  ids.forEach((id) => { if (!state.has(id)) visit(id); });
  return back;
}

export function layOut(ids: string[], edges: Edge[], tall = box.height): Layout {
  const known = new Set(ids);
  const valid = edges.filter((edge) => known.has(edge.from) && known.has(edge.to) && edge.from !== edge.to);
  const back = backward(ids, valid);
  const forward = valid.filter((edge) => !back.has(edge));
  const layer = new Map<string, number>(ids.map((id) => [id, 0]));
  for (let round = 0; round < ids.length; ++round) {
    let changed = false;
    for (const edge of forward) {
      const at = (layer.get(edge.from) ?? 0) + 1;
      if (at > (layer.get(edge.to) ?? 0)) {
        layer.set(edge.to, at);
        changed = true;
      }
    }
    if (!changed) break;
  }
  const deepest = Math.max(0, ...layer.values());
  const layers: string[][] = Array.from({ length: deepest + 1 }, () => []);
  ids.forEach((id) => layers[layer.get(id) ?? 0]?.push(id));
  const position = new Map<string, number>();
  const number = (row: string[]) => row.forEach((id, i) => position.set(id, i - (row.length - 1) / 2));
  layers.forEach(number);
  for (let sweep = 0; sweep < 4; ++sweep) {
    const down = sweep % 2 === 0;
    for (const row of down ? layers : [...layers].reverse()) {
      const centre = new Map(row.map((id) => {
        const near = forward.filter((edge) => (down ? edge.to : edge.from) === id).map((edge) => position.get(down ? edge.from : edge.to) ?? 0);
        return [id, near.length ? near.reduce((sum, one) => sum + one, 0) / near.length : (position.get(id) ?? 0)] as const;
      }));
      row.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0));
      number(row);
    }
  }
  const widest = Math.max(1, ...layers.map((row) => row.length));
  const width = widest * box.width + (widest - 1) * box.across;
  return {
    width,
    height: layers.length * tall + (layers.length - 1) * box.down,
    nodes: ids.map((id) => ({ id, layer: layer.get(id) ?? 0, x: width / 2 + (position.get(id) ?? 0) * (box.width + box.across) - box.width / 2, y: (layer.get(id) ?? 0) * (tall + box.down) })),
  };
}

/// The line of an edge: from the foot of one box to the head of the other; around the side when it goes back or over layers.
export function route(from: Laid, to: Laid, width: number, tall = box.height): { d: string; label: { x: number; y: number; anchor: "start" | "middle" | "end" } } {
  const x1 = from.x + box.width / 2;
  const y1 = from.y + tall;
  const x2 = to.x + box.width / 2;
  const y2 = to.y;
  const span = to.layer - from.layer;
  if (span === 1) {
    const middle = (y1 + y2) / 2;
    return { d: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`, label: { x: x1 + (x2 - x1) * 0.5, y: middle, anchor: "middle" } };
  }
  const right = (x1 + x2) / 2 >= width / 2;
  const side = right ? Math.max(from.x, to.x) + box.width + 20 : Math.min(from.x, to.x) - 20;
  const start = from.y + tall / 2;
  const end = to.y + tall / 2;
  const edge1 = right ? from.x + box.width : from.x;
  const edge2 = right ? to.x + box.width : to.x;
  return { d: `M${edge1} ${start}C${side + (right ? 24 : -24)} ${start} ${side + (right ? 24 : -24)} ${end} ${edge2} ${end}`, label: { x: side + (right ? 18 : -18), y: (start + end) / 2, anchor: right ? "start" : "end" } };
}
