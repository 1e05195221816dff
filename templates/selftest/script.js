"use strict";
(() => {
  const bytes = Uint8Array.from(atob(document.getElementById("key").textContent), (c) => c.charCodeAt(0));
  const keys = JSON.parse(new TextDecoder().decode(bytes));
  const words = JSON.parse(document.getElementById("words").textContent);
  const french = document.documentElement.lang === "fr";
  const right = new Set();
  const fill = (text, ...values) => values.reduce((told, value) => told.replace("{}", value), text);
  const same = (a, b) => a.length === b.length && a.every((x, n) => x === b[n]);

  // What a reader may have meant: 3,5 and 3.5; spaces between thousands; in English, 80,758 as well.
  const readings = (written) => {
    const bare = written.trim().replace(/[\s\u00a0\u202f\u2009]/g, "").replace(/[\u2212\u2013]/g, "-");
    const found = /^[-+]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i.test(bare) ? [bare.replace(",", ".")] : [];
    if (!french && /^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)) found.push(bare.replace(/,/g, ""));
    const parts = /^([-+]?\d+)\/(\d*[1-9]\d*)$/.exec(bare);
    if (parts) found.push(String(Number(parts[1]) / Number(parts[2])));
    return found;
  };
  const is = (reading, value, tolerance) => {
    if (/^[-+]?\d+$/.test(reading) && /^-?\d+$/.test(value) && Number(tolerance) === 0) return BigInt(reading.replace("+", "")) === BigInt(value);
    const off = Math.abs(Number(reading) - Number(value));
    return off <= Number(tolerance) + 1e-12 * Math.max(1, Math.abs(Number(value)));
  };
  const spelled = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");

  // Each judge gives a share from 0 to 1, what to say (HTML), the controls to mark; or a problem with the answer.
  const chosen = (form) => [...form.querySelectorAll("input:checked")].map((one) => Number(one.value));
  const told = (key, given) => (key.known.find(([value]) => same([...value].sort(), [...given].sort())) || [])[1];
  const number = (entry, facts, known) => {
    const found = readings(entry);
    if (!found.length) return { problem: words.number };
    if (found.some((one) => is(one, facts.value, facts.tolerance))) return { share: 1 };
    const near = known.flatMap(([value, said]) => found.map((one) => [one, [value].flat()[0], said]))
      .filter(([one, value]) => is(one, value, facts.tolerance))
      .sort((a, b) => Math.abs(a[0] - a[1]) - Math.abs(b[0] - b[1]));
    return { share: 0, said: near.length ? near[0][2] : "" };
  };
  const judges = {
    choice: (key, form) => {
      const given = chosen(form);
      if (!given.length) return { problem: words.empty };
      return { share: key.right.includes(given[0]) ? 1 : 0, said: key.said[given[0]] };
    },
    choices: (key, form) => {
      const given = chosen(form);
      if (!given.length && key.right.length) return { problem: words.empty };
      if (same(given, key.right)) return { share: 1 };
      const earned = given.reduce((sum, one) => sum + key.credit[one], 0);
      const said = told(key, given) || given.filter((n) => !key.right.includes(n)).map((n) => key.said[n]).join("");
      return { share: key.strict ? 0 : Math.min(0.99, Math.max(0, earned)), said };
    },
    numeric: (key, form) => {
      const entry = form.elements.a.value;
      return entry.trim() ? number(entry, key.number, key.known) : { problem: words.empty };
    },
    short: (key, form) => {
      const entry = spelled(form.elements.a.value);
      if (!entry) return { problem: words.empty };
      if (key.right.some((one) => spelled(one) === entry)) return { share: 1 };
      return { share: 0, said: (key.known.find(([value]) => value.some((one) => spelled(one) === entry)) || [])[1] };
    },
    shape: (key, form) => {
      const entry = form.elements.a.value;
      const given = /^\s*[([]\s*[)\]]\s*$/.test(entry) ? [] : entry.match(/-?\d+/g);
      if (!given) return { problem: words.empty };
      if (same(given, key.fields.map((one) => one.number.value))) return { share: 1 };
      return { share: 0, said: (key.known.find(([value]) => same(value, given)) || [])[1] };
    },
    matching: (key, form) => {
      const menus = [...form.querySelectorAll("select")];
      if (menus.some((one) => one.value === "")) return { problem: words.empty };
      const given = menus.map((one) => Number(one.value));
      const marks = given.map((one, n) => one === key.right[n]);
      return several(marks, menus, (key.known.find(([value]) => same(value, given)) || [])[1]);
    },
    ordering: (key, form) => {
      const menus = [...form.querySelectorAll("select")];
      if (menus.some((one) => one.value === "")) return { problem: words.empty };
      const place = menus.map((one) => Number(one.value));
      const given = place.map((at, n) => [at, n]).filter(([at]) => at > 0).sort((a, b) => a[0] - b[0]).map(([, n]) => n);
      const once = new Set(place.filter((at) => at > 0)).size === given.length && given.length === key.right.length;
      const whole = once && key.right.every((n) => given.includes(n));
      if (same(given, key.right) && once) return { share: 1 };
      if (whole && key.before.length && key.before.every(([a, b]) => place[a] < place[b])) return { share: 1 };
      const said = (key.known.find(([value]) => same(value, given)) || [])[1];
      if (key.before.length) return { share: 0, said };
      return several(menus.map((_, n) => place[n] === key.right.indexOf(n) + 1), menus, said);
    },
    table: (key, form) => {
      const inputs = [...form.querySelectorAll("input")];
      if (inputs.some((one) => !one.value.trim())) return { problem: words.empty };
      const judged = key.fields.map((field, n) => {
        if (field.number) return number(inputs[n].value, field.number, field.known);
        return { share: spelled(inputs[n].value) === spelled(field.text) ? 1 : 0 };
      });
      const problem = judged.find((one) => one.problem);
      if (problem) return problem;
      return several(judged.map((one) => one.share === 1), inputs, [...new Set(judged.map((one) => one.said || ""))].join(""));
    },
  };
  judges.grid = judges.table;
  const several = (marks, controls, said) => {
    const good = marks.filter(Boolean).length;
    const counted = fill(words.partly, good, marks.length);
    return { share: good / marks.length, said, counted, wrong: controls.filter((_, n) => !marks[n]) };
  };

  const show = (form, focus) => {
    const worked = form.querySelector(".worked");
    const key = keys[form.id];
    if (worked.hidden) {
      worked.append(worked.querySelector("template").content.cloneNode(true));
      if (key.answer) worked.querySelector(".answer").innerHTML = "<strong>" + words.answer + "</strong> " + key.answer;
    }
    worked.hidden = false;
    form.querySelector(".reveal").setAttribute("aria-expanded", "true");
    if (focus) worked.focus();
  };

  for (const form of document.querySelectorAll("form.question")) {
    const key = keys[form.id];
    form.querySelector(".reveal").addEventListener("click", () => show(form, true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!judges[key.kind]) return;
      const judged = judges[key.kind](key, form);
      for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
      form.classList.remove("right", "partly", "wrong");
      const box = form.querySelector(".said");
      const line = document.createElement("strong");
      box.replaceChildren(line);
      if (judged.problem) {
        line.textContent = judged.problem;
        return;
      }
      const state = judged.share === 1 ? "right" : judged.share > 0 ? "partly" : "wrong";
      form.classList.add(state);
      line.textContent = state === "partly" && judged.counted ? judged.counted : state === "right" ? words.right : words.wrong;
      if (judged.said && state !== "right") box.insertAdjacentHTML("beforeend", judged.said);
      for (const one of judged.wrong || []) one.setAttribute("aria-invalid", "true");
      if (state === "right") {
        right.add(form.id);
        show(form, false);
      }
      document.getElementById("score").textContent = fill(words.score, right.size, document.querySelectorAll("[type=submit]").length);
    });
  }
})();
