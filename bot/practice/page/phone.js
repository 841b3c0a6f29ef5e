// The practice phone's control API, as the page uses it. Addresses are relative: the secret is part of the page's own.

export async function getState(person, visible) {
  const query = new URLSearchParams({ person, last: "200" });
  if (visible) query.set("seen", "1");
  const answer = await fetch(`api/state?${query}`);
  if (!answer.ok) throw new Error(`state ${answer.status}`);
  return answer.json();
}

// Gives the answer; throws an Error with the phone's own sentence, and its `key`, when it refuses.
export async function tell(act, body) {
  const answer = await fetch(`api/${act}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.error ?? String(answer.status)), { key: said.key });
  return said;
}

// Calls `onNews` at every change and `onLost(true|false)` when the connection goes or comes back.
export function listen(onNews, onLost) {
  const source = new EventSource("api/events");
  source.onmessage = onNews;
  source.onopen = () => onLost(false);
  source.onerror = () => onLost(true);
}

export function fileAddress(file) {
  return `api/file/${encodeURIComponent(file.id)}`;
}
