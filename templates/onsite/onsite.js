// docs/surveys.md. Sets no cookie, keeps nothing, loads nothing.
(() => {
  "use strict";
  const me = document.currentScript, { user, signature, lang } = me.dataset;
  if (!user || !signature) return;
  const where = me.src.replace(/onsite\.js.*$/, "v1/onsite") + (lang ? "?lang=" + encodeURIComponent(lang) : "");
  const who = { Authorization: "Onsite " + signature + " " + encodeURIComponent(user) };
  let box, before;

  const ask = (said) => fetch(where, said
    ? { method: "POST", headers: { ...who, "Content-Type": "application/json" }, body: JSON.stringify(said), credentials: "omit", keepalive: true }
    : { headers: who, credentials: "omit" }).then((answer) => answer.ok ? answer.json() : null).then(show, () => {});

  // Text is set as text, styles through the DOM: a policy without inline code or styles allows it.
  const make = (name, text, more) => {
    const node = Object.assign(document.createElement(name), more);
    if (text) node.textContent = text;
    return node;
  };
  const button = (text, act) => make("button", text, { type: "button", onclick: act });
  const style = (node, how) => { Object.assign(node.style, how); return node; };

  const away = () => {
    if (box) box.remove();
    box = null;
    if (before && before.focus) before.focus();
  };

  const card = (title, parts, close, label) => {
    if (!box) before = document.activeElement;
    else box.remove();
    box = style(make("section", "", { className: "winback-onsite" }), {
      position: "fixed", right: "16px", bottom: "16px", zIndex: 2147483000, maxWidth: "min(360px, calc(100vw - 32px))", maxHeight: "80vh", overflow: "auto",
      boxSizing: "border-box", padding: "16px", background: "#fff", color: "#1a1a1a", border: "1px solid #bbb", borderRadius: "8px", font: "16px/1.5 system-ui, sans-serif",
    });
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", title);
    box.onkeydown = (e) => { if (e.key === "Escape") close(); };
    box.append(style(make("strong", title), { display: "block" }), ...parts, button(label, close));
    document.body.append(box);
  };

  const message = (one, words) => {
    const parts = [style(make("p", one.text), { whiteSpace: "pre-line" })];
    if (one.url) parts.push(button(words.look, () => { ask({ click: one.id }); location.assign(one.url); }));
    card(one.subject, parts, () => { away(); ask({ read: one.id }); }, words.close);
  };

  const question = (one, words) => {
    const form = make("form"), of = { invitation: one.invitation, question: one.question };
    const field = (type, name, value, text) => {
      const label = style(make("label"), { display: one.kind === "scale" ? "inline-block" : "block", marginRight: "8px" });
      label.append(make("input", "", { type, name, value }), " " + text);
      form.append(label);
    };
    if (one.kind === "scale") {
      form.append(make("small", "0 = " + one.low + ", 10 = " + one.high), make("br"));
      for (let i = 0; i <= 10; i++) field("radio", "score", i, i);
    }
    for (const choice of one.choices) field(one.kind === "many" ? "checkbox" : "radio", "choice", choice.id, choice.text);
    if (one.words) form.append(style(make("textarea", "", { name: "words", rows: 3, maxLength: 1000, ariaLabel: one.ask }), { display: "block", width: "100%", boxSizing: "border-box" }));
    form.append(make("button", words.send, { type: "submit" }));
    form.onsubmit = (e) => {
      e.preventDefault();
      const said = new FormData(form), score = said.get("score");
      ask({ ...of, choices: said.getAll("choice"), score: score === null ? null : +score, words: said.get("words") || "" });
    };
    card(one.ask, [form], () => { away(); ask({ invitation: one.invitation, dismiss: true }); }, words.close);
  };

  const show = (now) => {
    if (!now) return away();
    const unread = now.messages.find((one) => !one.read);
    if (unread) message(unread, now.words);
    else if (now.question) question(now.question, now.words);
    else if (now.thanks) card(now.thanks, [], away, now.words.close);
    else away();
  };

  ask();
})();
