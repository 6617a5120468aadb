
"use strict";
// Every text of the data becomes a text node or an attribute's value: nothing in it is ever parsed as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);

  // What a cell may be: its symbol, its name, and its place when sorted, the gravest first.
  const KINDS = {
    error: ["\u2715", "failed, error", 0],
    "unknown-error": ["?", "unknown, counts as error", 1],
    warning: ["\u25B2", "failed, warning", 2],
    "unknown-warning": ["?", "unknown, counts as warning", 3],
    info: ["i", "failed, information", 4],
    "unknown-info": ["?", "unknown, information", 5],
    waived: ["\u2298", "waived", 6],
    pass: ["\u2713", "passed", 7],
    na: ["\u2013", "not applicable", 8],
    none: ["", "not judged", 9],
  };
  const STATES = {
    ready: ["\u2713", "Ready", "pass"],
    unready: ["\u2715", "Not ready", "error"],
    absent: ["?", "Not examined", "unknown"],
  };
  const OUTCOMES = { failed: "Could not be examined", unreachable: "Host unreachable", not_reached: "Not reached" };
  const STATUSES = { pass: "passed", fail: "failed", unknown: "unknown", not_applicable: "not applicable" };

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (key === "class") made.className = value;
      else made.setAttribute(key, value === true ? "" : visible(String(value)));
    }
    for (const child of children.flat(Infinity)) {
      if (child !== undefined && child !== null) made.append(typeof child === "string" ? visible(child) : child);
    }
    return made;
  }

  // What would hide or turn around the text beside it is shown for what it is.
  function visible(text) {
    return text.replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb\p{Default_Ignorable_Code_Point}]/gu, "\ufffd");
  }

  function kindOf(finding) {
    if (!finding) return "none";
    if (finding.status === "pass") return "pass";
    if (finding.status === "not_applicable") return "na";
    if (finding.waiver && finding.waiver.holds) return "waived";
    return finding.status === "unknown" ? `unknown-${finding.severity}` : finding.severity;
  }
  const styleOf = (kind) => (kind.startsWith("unknown") ? "unknown" : kind);
  const symbolOf = (kind) => (KINDS[kind] || KINDS.none)[0];
  const wordsOf = (kind) => (KINDS[kind] || KINDS.none)[1];
  const ended = (finding) => Boolean(finding && finding.waiver && !finding.waiver.holds);
  const mark = (kind, expired) =>
    element("span", { class: `mark ${styleOf(kind)}${expired ? " expired" : ""}`, "aria-hidden": "true" }, symbolOf(kind));
  const moment = (text) => (text ? text.replace("T", " ").replace("Z", " UTC") : "never");
  const minute = (text) => (text ? text.slice(0, 16).replace("T", " ") : "never");
  const numbers = (examined) =>
    Object.entries(examined).sort().map(([kind, number]) => `${number} ${kind.replaceAll("_", " ")}`).join(", ") || "nothing";
  const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  // One row for each cluster, with all that filters and columns ask for.
  const rows = data.clusters.map((cluster, index) => {
    const findings = new Map(cluster.findings.map((finding) => [finding.id, finding]));
    const kinds = new Map(cluster.findings.map((finding) => [finding.id, kindOf(finding)]));
    const count = (...wanted) => [...kinds.values()].filter((kind) => wanted.includes(kind)).length;
    const about = cluster.cluster;
    const version = about.version ? `${about.version} ${about.platform_version || ""}`.trim() : "";
    const place = [about.region, about.account, version, cluster.host === cluster.name ? "" : cluster.host].filter(Boolean);
    const state = cluster.outcome !== "examined" ? "absent" : cluster.ready ? "ready" : "unready";
    return {
      cluster, index, findings, kinds, state, version, place,
      errors: count("error"), warnings: count("warning"), waived: count("waived"),
      unknown: count("unknown-error", "unknown-warning", "unknown-info"),
      text: [cluster.name, cluster.host, about.arn, STATES[state][1], ...place].join("\n").toLowerCase(),
    };
  });

  // ------------------------------------------------------------------ columns
  const byText = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
  const stateOrder = { unready: 0, absent: 1, ready: 2 };
  const columns = [
    { title: "Cluster", sort: (row) => row.cluster.name },
    { title: "State", sort: (row) => stateOrder[row.state] },
    { title: "Examined", sort: (row) => row.cluster.observed_at || "" },
    { title: "Errors", upright: true, sort: (row) => row.errors, most: true },
    { title: "Warnings", upright: true, sort: (row) => row.warnings, most: true },
    { title: "Unknown", upright: true, sort: (row) => row.unknown, most: true },
    { title: "Waived", upright: true, sort: (row) => row.waived, most: true },
    ...data.rules.map((rule) => ({
      title: rule.id, upright: true, rule, topic: rule.id.split(".")[0],
      sort: (row) => (KINDS[row.kinds.get(rule.id) || "none"] || KINDS.none)[2],
    })),
  ];
  const FIXED = columns.length - data.rules.length;
  columns.forEach((column, index) => {
    column.first = index >= FIXED && (index === FIXED || column.topic !== columns[index - 1].topic);
    column.wrong = !column.rule || rows.some((row) => !["pass", "na", "none"].includes(row.kinds.get(column.rule.id) || "none"));
  });
  const order = { column: columns[0], down: false };

  const head = find("matrix").tHead;
  const body = find("matrix").tBodies[0];
  const headRow = element("tr", {});
  columns.forEach((column) => {
    column.head = element(
      "th",
      {
        scope: "col", role: "columnheader", tabindex: "-1", "aria-sort": "none",
        class: ["upright", "rule", "first"].filter((name) => column[name]).join(" "),
        title: column.rule ? `${column.rule.id}: ${column.rule.title}` : undefined,
      },
      element("span", {}, column.title), element("span", { class: "arrow" }),
    );
    headRow.append(column.head);
  });
  head.append(headRow);

  function stateCell(row) {
    const [symbol, words, style] = STATES[row.state];
    return element("td", { role: "gridcell", tabindex: "-1" },
      element("span", { class: "state" }, element("span", { class: `mark ${style}`, "aria-hidden": "true" }, symbol), words));
  }

  function numberCell(row, key, style) {
    const number = row.state === "absent" ? "" : row[key];
    return element("td", { role: "gridcell", tabindex: "-1", class: `number ${number ? style : "zero"}` },
      number ? element("b", {}, String(number)) : String(number));
  }

  // Most cells are alike, and copies are cheap.
  const cells = new Map();

  function ruleCell(row, column) {
    const kind = row.kinds.get(column.rule.id) || "none";
    const expired = ended(row.findings.get(column.rule.id));
    const key = `${column.rule.id} ${kind} ${expired}`;
    if (!cells.has(key)) {
      const words = `${column.rule.id}: ${wordsOf(kind)}${expired ? ", its waiver has ended" : ""}`;
      cells.set(key, element("td",
        { role: "gridcell", tabindex: "-1", class: column.first ? "cell first" : "cell", "aria-label": words, title: words,
          "data-rule": column.rule.id },
        mark(kind, expired)));
    }
    return cells.get(key).cloneNode(true);
  }

  function build(row) {
    const { cluster } = row;
    const line = element("tr", { "data-index": row.index });
    line.append(
      element("th", { scope: "row", role: "rowheader", tabindex: "-1", title: cluster.name },
        element("b", {}, cluster.name), element("small", {}, row.place.join(" \u00B7 "))),
      stateCell(row),
      element("td", { role: "gridcell", tabindex: "-1", class: "when" }, minute(cluster.observed_at),
        row.state === "absent" ? null
          : element("small", { title: numbers(cluster.examined) }, numbers(cluster.examined))),
      numberCell(row, "errors", "error"), numberCell(row, "warnings", "warning"),
      numberCell(row, "unknown", "unknown"), numberCell(row, "waived", "waived"),
    );
    if (row.state === "absent" && data.rules.length) {
      line.append(element("td", { role: "gridcell", tabindex: "-1", class: "why first", colspan: data.rules.length },
        `${OUTCOMES[cluster.outcome] || STATES.absent[1]}: ${cluster.message}`));
    }
    if (row.state !== "absent") {
      line.append(...columns.slice(FIXED).map((column) => ruleCell(row, column)));
    }
    row.line = line;
  }
  rows.forEach(build);
  body.append(...rows.map((row) => row.line));

  // ------------------------------------------------------------------ filters and order
  const search = find("search");
  const kindSelect = find("with");
  const ruleSelect = find("rule");
  const topicSelect = find("topic");
  const wrong = find("wrong");
  let state = "all";

  const WITH = {
    any: ["any result", () => true],
    error: ["an error", (kind) => kind === "error"],
    warning: ["a warning", (kind) => kind === "warning"],
    unknown: ["an unknown", (kind) => kind.startsWith("unknown")],
    waived: ["a waiver", (kind, finding) => Boolean(finding && finding.waiver)],
    info: ["information", (kind) => kind === "info"],
    pass: ["a pass", (kind) => kind === "pass"],
  };
  kindSelect.append(...Object.entries(WITH).map(([value, [words]]) => element("option", { value }, words)));
  const options = (words, values) => [element("option", { value: "" }, words), ...values.map((value) => element("option", { value }, value))];
  ruleSelect.append(...options("any rule", data.rules.map((rule) => rule.id)));
  topicSelect.append(...options("all topics", [...new Set(data.rules.map((rule) => rule.id.split(".")[0]))]));

  const tiles = [["all", "", "Clusters", ""], ...Object.entries(STATES).map(([key, [symbol, words, style]]) => [key, symbol, words, style])]
    .map(([key, symbol, words, style]) => {
      const number = key === "all" ? rows.length : rows.filter((row) => row.state === key).length;
      const tile = element("button", { type: "button", "data-state": key, "aria-pressed": key === "all" },
        style ? element("span", { class: `mark ${style}`, "aria-hidden": "true" }, symbol) : null,
        element("b", {}, String(number)), key === "all" && number === 1 ? "Cluster" : words);
      tile.addEventListener("click", () => { state = state === key ? "all" : key; apply(); });
      return tile;
    });
  find("tiles").append(...tiles);

  function matches(row) {
    if (state !== "all" && row.state !== state) return false;
    if (!search.value.toLowerCase().split(/\s+/).every((word) => row.text.includes(word))) return false;
    const [, test] = WITH[kindSelect.value] || WITH.any;
    if (kindSelect.value === "any" && !ruleSelect.value) return true;
    const judged = ruleSelect.value ? [ruleSelect.value] : [...row.kinds.keys()];
    return judged.some((id) => row.kinds.has(id) && test(row.kinds.get(id), row.findings.get(id)));
  }

  const hides = (column) => Boolean(column.rule)
    && ((wrong.checked && !column.wrong) || (topicSelect.value !== "" && column.topic !== topicSelect.value));

  function apply() {
    let shown = 0;
    rows.forEach((row) => { row.line.hidden = !matches(row); shown += row.line.hidden ? 0 : 1; });
    const visible = columns.slice(FIXED).filter((column) => !hides(column)).length;
    columns.forEach((column, index) => {
      const hidden = hides(column);
      if (Boolean(column.hidden) === hidden) return;
      column.hidden = hidden;
      column.head.hidden = hidden;
      rows.forEach((row) => { if (row.state !== "absent") row.line.cells[index].hidden = hidden; });
    });
    rows.forEach((row) => {
      if (row.state !== "absent" || !data.rules.length) return;
      row.line.cells[FIXED].hidden = visible === 0;
      row.line.cells[FIXED].colSpan = Math.max(visible, 1);
    });
    tiles.forEach((tile) => tile.setAttribute("aria-pressed", String(tile.dataset.state === state)));
    find("shown").textContent = shown === rows.length ? plural(shown, "cluster") : `${shown} of ${plural(rows.length, "cluster")}`;
    find("none").hidden = shown > 0;
    find("printed").replaceChildren();
    settle();
  }

  function sortBy(column) {
    order.down = order.column === column ? !order.down : Boolean(column.most);
    order.column = column;
    arrange();
  }

  function arrange() {
    const turn = order.down ? -1 : 1;
    rows.sort((left, right) => {
      const one = order.column.sort(left);
      const other = order.column.sort(right);
      const found = typeof one === "string" ? byText(one, other) : one - other;
      return found ? found * turn : byText(left.cluster.name, right.cluster.name) || left.index - right.index;
    });
    body.append(...rows.map((row) => row.line));
    columns.forEach((column) => column.head.setAttribute(
      "aria-sort", column === order.column ? (order.down ? "descending" : "ascending") : "none"));
  }

  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, rows.length > 100 ? 120 : 0); });
  [kindSelect, ruleSelect, topicSelect, wrong].forEach((control) => control.addEventListener("change", apply));
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("filters").addEventListener("reset", () => { state = "all"; setTimeout(apply); });
  find("reset-none").addEventListener("click", () => { find("filters").reset(); search.focus(); });

  // ------------------------------------------------------------------ keyboard: one stop of the Tab key, arrows within
  const visibleLines = () => [headRow, ...rows.map((row) => row.line).filter((line) => !line.hidden)];
  const visibleCells = (line) => [...line.cells].filter((cell) => !cell.hidden);
  let current = null;

  function take(cell, focus) {
    if (current) current.tabIndex = -1;
    current = cell;
    current.tabIndex = 0;
    if (focus) {
      current.focus();
      current.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  function settle() {
    if (!current || current.hidden || current.parentElement.hidden) take((visibleLines()[1] || headRow).cells[0], false);
  }

  const MOVES = {
    ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0],
    Home: [0, -Infinity], End: [0, Infinity], PageDown: [10, 0], PageUp: [-10, 0],
  };
  const within = (number, length) => Math.min(Math.max(number, 0), length - 1);

  find("matrix").addEventListener("keydown", (event) => {
    const cell = event.target.closest("th, td");
    if (!cell || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(cell);
      return;
    }
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const lines = visibleLines();
    const line = lines.indexOf(cell.parentElement);
    const column = visibleCells(cell.parentElement).indexOf(cell);
    const corner = event.ctrlKey && (event.key === "Home" || event.key === "End");
    const to = lines[corner ? within(move[1], lines.length) : within(line + move[0], lines.length)];
    const cells = visibleCells(to);
    take(cells[within(column + move[1], cells.length)], true);
  });
  find("matrix").addEventListener("click", (event) => {
    const cell = event.target.closest("th, td");
    if (cell && String(window.getSelection()) === "") {
      take(cell, true);
      open(cell);
    }
  });

  // ------------------------------------------------------------------ what stands behind a cell
  const dialog = find("detail");
  const rules = new Map(data.rules.map((rule) => [rule.id, rule]));

  function open(cell) {
    if (cell.parentElement === headRow) {
      sortBy(columns[[...headRow.cells].indexOf(cell)]);
      return;
    }
    const row = rows.find((one) => one.line === cell.parentElement);
    const finding = cell.dataset.rule ? row.findings.get(cell.dataset.rule) : undefined;
    if (cell.dataset.rule && !finding) return;
    const close = element("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => dialog.close());
    const title = element("h2", { id: "detail-title" },
      finding ? element("span", { class: "id" }, finding.id) : row.cluster.name, finding ? ` on ${row.cluster.name}` : "");
    find("detail-body").replaceChildren(
      element("div", { class: "top" }, title, close), ...(finding ? ruleView(finding, row) : clusterView(row)));
    dialog.showModal();
    dialog.scrollTop = 0;
  }
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const pairs = (entries) => element("dl", {}, entries.filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));

  function plain(titles, lines) {
    return element("div", { class: "wide" }, element("table", { class: "plain" },
      element("thead", {}, element("tr", {}, titles.map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, lines.map((cells) => element("tr", {}, cells.map((cell) => (cell instanceof Element && cell.tagName === "TD" ? cell : element("td", {}, cell))))))));
  }

  function link(address) {
    return address.startsWith("https://")
      ? element("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : address;
  }

  function waiverWords(waiver) {
    const until = waiver.until ? (waiver.holds ? `until ${waiver.until}` : `ended ${waiver.until}`) : "without an end";
    return [`${until}${waiver.owner ? `, by ${waiver.owner}` : ""}${waiver.reason ? `: ${waiver.reason}` : ""}`,
      waiver.holds ? `It would be ${waiver.severity} without the waiver.` : ""].filter(Boolean).join(". ");
  }

  function evidence(finding) {
    if (!finding.evidence.length) return element("p", { class: "quiet" }, "Nothing was seen that belongs to it.");
    const more = finding.evidence_total - finding.evidence.length;
    return element("div", {}, plain(["Object", "Seen"], finding.evidence.map((item) => [item.object, item.value])),
      more > 0 ? element("p", { class: "quiet" }, `and ${more} more`) : null);
  }

  function facts(finding) {
    const kind = kindOf(finding);
    return pairs([
      ["Result", element("span", { class: "state" }, mark(kind, ended(finding)), wordsOf(kind))],
      ["Waiver", finding.waiver ? waiverWords(finding.waiver) : ""],
      ["Remedy", finding.remedy],
      ["Stops", finding.status === "fail" || finding.status === "unknown" ? finding.blocks.join(", ") : ""],
      ["Mended by step", finding.status === "fail" || finding.status === "unknown" ? finding.resolved_by.join(", ") : ""],
    ]);
  }

  const passesWhen = (rule) => (rule && rule.title ? `Passes when: ${rule.title}` : "");

  function ruleView(finding, row) {
    const rule = rules.get(finding.id);
    return [
      element("p", { class: "quiet" }, passesWhen(rule)),
      element("p", { class: "summary" }, finding.summary),
      facts(finding),
      element("h3", {}, "Evidence"), evidence(finding),
      element("h3", {}, "Source"), element("p", {}, link(finding.reference)),
      element("p", { class: "quiet" }, `Examined ${moment(row.cluster.observed_at)}: ${numbers(row.cluster.examined)}`),
    ];
  }

  function clusterView(row) {
    const { cluster } = row;
    const about = cluster.cluster;
    const parts = [pairs([
      ["State", row.state === "absent" ? OUTCOMES[cluster.outcome] || "Not examined" : STATES[row.state][1]],
      ["Why", cluster.message],
      ["Version", row.version], ["Region", about.region], ["Account", about.account], ["ARN", about.arn],
      ["Endpoint", about.endpoint], ["EKS status", about.status], ["Host", cluster.host],
      ["Windows support", cluster.support.mode], ["Goal", cluster.goal === "none" ? "" : cluster.goal],
      ["Goal stopped by", cluster.blockers.join(", ")],
      ["Fails the run", cluster.outcome === "examined" ? cluster.failing.join(", ") || `nothing (eks_windows_fail_on is ${cluster.fail_on})` : ""],
      ["Examined", cluster.outcome === "examined" ? `${moment(cluster.observed_at)}: ${numbers(cluster.examined)}` : ""],
    ])];
    if (cluster.plan.length) {
      parts.push(element("h3", {}, "Plan"), plain(["Step", "Object", "Before", "After", "Why"],
        cluster.plan.map((step) => [element("td", { class: "id step" }, step.step), step.object, step.before, step.after, step.reason])));
    }
    if (cluster.findings.length) parts.push(element("h3", {}, "Findings"), ...gravest(row).map(folded));
    return parts;
  }

  const gravest = (row) => [...row.cluster.findings].sort((left, right) =>
    (KINDS[kindOf(left)] || KINDS.none)[2] - (KINDS[kindOf(right)] || KINDS.none)[2]);

  function folded(finding) {
    const kind = kindOf(finding);
    return element("details", {},
      element("summary", {}, mark(kind, ended(finding)), element("span", { class: "unseen" }, wordsOf(kind)),
        element("span", { class: "id" }, finding.id), element("span", {}, finding.summary)),
      element("div", {}, facts(finding), evidence(finding), element("p", {}, link(finding.reference))));
  }

  // ------------------------------------------------------------------ header, legend, waivers, paper
  const made = moment(data.made_at);
  const seen = rows.map((row) => row.cluster.observed_at).filter(Boolean).sort();
  const span = !seen.length ? "no cluster was examined"
    : seen[0] === seen[seen.length - 1] ? `examined ${moment(seen[0])}`
      : `examined from ${moment(seen[0])} to ${moment(seen[seen.length - 1])}`;
  find("made").textContent = `Preflight report of ${plural(rows.length, "cluster")}, ${span}; written ${made}`;
  document.title = `Preflight of ${plural(rows.length, "EKS cluster")}, ${made}`;

  const LEGEND = [["pass", "passed"], ["error", "error"], ["warning", "warning"], ["info", "information"],
    ["unknown-error", "unknown: could not be read"], ["waived", "waived"], ["na", "not applicable"]];
  const withEnded = rows.some((row) => row.cluster.findings.some(ended));
  find("legend").querySelector("ul").append(
    ...LEGEND.map(([kind, words]) => element("li", {}, mark(kind), words)),
    ...(withEnded ? [element("li", {}, mark("warning", true), "its waiver has ended")] : []));

  const FEW = 4;

  // Each rule that is not fine anywhere, the gravest and commonest first; its clusters are listed when it is opened.
  function byRule(rule) {
    const found = rows.filter((row) => ["fail", "unknown"].includes((row.findings.get(rule.id) || {}).status))
      .map((row) => ({ row, finding: row.findings.get(rule.id), kind: row.kinds.get(rule.id) }))
      .sort((left, right) => KINDS[left.kind][2] - KINDS[right.kind][2] || byText(left.row.cluster.name, right.row.cluster.name));
    return { rule, found, gravity: found.length ? KINDS[found[0].kind][2] : 0 };
  }

  function ruleSection({ rule, found }) {
    const inside = element("div", {});
    const made = element("details", {},
      element("summary", {}, mark(found[0].kind), element("span", { class: "unseen" }, wordsOf(found[0].kind)),
        element("span", { class: "id" }, rule.id), element("span", { class: "many" }, plural(found.length, "cluster")),
        element("span", {}, found.length === 1 ? found[0].finding.summary : passesWhen(rule))),
      inside);
    made.addEventListener("toggle", () => {
      if (!made.open || inside.childElementCount) return;
      inside.append(
        ...[...new Set(found.map(({ finding }) => finding.remedy).filter(Boolean))].map((remedy) => pairs([["Remedy", remedy]])),
        plain(["Cluster", "Result", "What was found", "Evidence"], found.map(({ row, finding, kind }) => [
          element("td", { class: "step" }, row.cluster.name), element("span", { class: "state" }, mark(kind, ended(finding)), wordsOf(kind)), finding.summary,
          element("ul", { class: "seen" },
            finding.evidence.slice(0, FEW).map((item) => element("li", {}, `${item.object}: ${item.value}`)),
            finding.evidence_total > Math.min(FEW, finding.evidence.length) ? element("li", {}, `and ${finding.evidence_total - Math.min(FEW, finding.evidence.length)} more`) : null)])),
        element("p", {}, link(rule.reference)));
    });
    return made;
  }
  const notFine = data.rules.map(byRule).filter(({ found }) => found.length)
    .sort((left, right) => left.gravity - right.gravity || right.found.length - left.found.length);
  find("rules").hidden = !notFine.length;
  find("rules").append(...notFine.map(ruleSection));

  const waivers = new Map();
  rows.forEach((row) => row.cluster.findings.filter((finding) => finding.waiver).forEach((finding) => {
    const key = JSON.stringify([finding.id, finding.waiver]);
    if (!waivers.has(key)) waivers.set(key, { finding, names: [] });
    waivers.get(key).names.push(row.cluster.name);
  }));
  if (waivers.size) {
    find("waivers").hidden = false;
    find("waivers").querySelector("div").append(plain(["Rule", "Without it", "Until", "Owner", "Reason", "Clusters"],
      [...waivers.values()].map(({ finding, names }) => [
        element("span", { class: "id" }, finding.id), finding.waiver.severity,
        finding.waiver.until ? `${finding.waiver.until}${finding.waiver.holds ? "" : " (ended)"}` : "no end",
        finding.waiver.owner || "\u2013", finding.waiver.reason || "\u2013",
        names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", "),
      ])));
  }

  // On paper nothing can be clicked, so what is not fine is printed behind the table, for the clusters shown.
  function paper(row) {
    const lines = gravest(row).filter((finding) => finding.status === "fail" || finding.status === "unknown");
    if (!lines.length && row.state !== "absent") return null;
    return element("div", { class: "paper" },
      element("h3", {}, [row.cluster.name, ...row.place].join(" \u00B7 ")),
      row.state === "absent" ? element("p", {}, `${OUTCOMES[row.cluster.outcome] || "Not examined"}: ${row.cluster.message}`) : null,
      lines.map((finding) => element("div", { class: "finding" },
        element("p", {}, mark(kindOf(finding), ended(finding)), " ", element("b", { class: "id" }, finding.id),
          ` ${wordsOf(kindOf(finding))}. ${finding.summary}`),
        finding.remedy ? element("p", {}, `Remedy: ${finding.remedy}`) : null,
        finding.evidence.length ? element("p", { class: "quiet" },
          `Evidence: ${finding.evidence.map((item) => `${item.object} (${item.value})`).join(", ")}`
          + (finding.evidence_total > finding.evidence.length
            ? ` and ${finding.evidence_total - finding.evidence.length} more` : "")) : null)));
  }
  window.addEventListener("beforeprint", () => find("printed").replaceChildren(
    element("h2", {}, "Findings that are not fine"), ...rows.filter((row) => !row.line.hidden).map(paper).filter(Boolean)));
  window.addEventListener("afterprint", () => find("printed").replaceChildren());

  find("report").hidden = false;
  arrange();
  apply();
})();
