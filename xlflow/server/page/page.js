/* One file goes to /api/score; what comes back is shown. Old browsers are meant too: no newer
   syntax than theirs. Everything from the file goes in as text, never as HTML. */
(function () {
  "use strict";
  var SEVERITIES = { error: "错误", warning: "提醒", note: "说明" };
  var drop = document.getElementById("drop");
  var picker = document.getElementById("file");
  var token = document.getElementById("token");
  var state = document.getElementById("state");
  var answer = document.getElementById("answer");
  var download = document.getElementById("download");
  var scored = null;
  var busy = false;

  function element(tag, words, className) {
    var made = document.createElement(tag);
    if (words !== undefined && words !== null) { made.appendChild(document.createTextNode(words)); }
    if (className) { made.className = className; }
    return made;
  }

  function say(words, bad) {
    state.textContent = words;
    state.className = bad ? "bad" : "";
  }

  function row(cells) {
    var line = document.createElement("tr");
    cells.forEach(function (cell) { line.appendChild(cell); });
    return line;
  }

  function table(headings, rows) {
    var made = document.createElement("table");
    var head = document.createElement("thead");
    var body = document.createElement("tbody");
    head.appendChild(row(headings.map(function (words) { return element("th", words); })));
    rows.forEach(function (line) { body.appendChild(line); });
    made.appendChild(head);
    made.appendChild(body);
    return made;
  }

  function problemRow(found) {
    return row([
      element("td", SEVERITIES[found.severity] || found.severity, "severity " + found.severity),
      element("td", found.cell || "", "place"),
      element("td", found.value || "", "wrote"),
      element("td", found.message)
    ]);
  }

  function scoreRow(score) {
    return row([
      element("td", score.name || ""),
      element("td", score.weight, "points"),
      element("td", score.claimed, "points"),
      element("td", score.computed === null ? "—" : score.computed, "points"),
      element("td", score.explanation || "")
    ]);
  }

  function formOf(result) {
    var made = document.createElement("div");
    var several = [result.unit, result.project].filter(Boolean).join("　");
    if (several) { made.appendChild(element("h2", several)); }
    if (result.problems.length) {
      made.appendChild(table(["级别", "位置", "填写内容", "问题和处理办法"], result.problems.map(problemRow)));
    } else {
      made.appendChild(element("p", "没有发现问题。", "accepted"));
    }
    if (result.scores.length) {
      made.appendChild(table(["指标", "分值", "自评得分", "测算得分", "测算说明"], result.scores.map(scoreRow)));
    }
    return made;
  }

  function show(told) {
    var forms = document.getElementById("forms");
    var headline = document.getElementById("headline");
    var figures = document.getElementById("figures");
    var only = told.results.length === 1 ? told.results[0] : null;
    headline.textContent = told.message;
    headline.className = told.outcome === "accepted" ? "accepted" : "returned";
    figures.textContent = only && only.total !== null
      ? "测算总分 " + only.total + "　自评总分 " + (only.claimed_total || "—") + "　等级 " + (only.grade || "—")
      : "";
    while (forms.firstChild) { forms.removeChild(forms.firstChild); }
    told.results.forEach(function (result) { forms.appendChild(formOf(result)); });
    scored = told.workbook ? { name: told.file, data: told.workbook } : null;
    download.style.display = scored ? "" : "none";
    answer.hidden = false;
  }

  function send(file) {
    var request = new XMLHttpRequest();
    if (busy) { return; }
    busy = true;
    answer.hidden = true;
    say("正在核对“" + file.name + "”……");
    request.open("POST", "/api/score");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Xlflow-Name", encodeURIComponent(file.name));
    if (token.value) { request.setRequestHeader("Authorization", "Bearer " + token.value.trim()); }
    request.onload = function () {
      var told;
      busy = false;
      try { told = JSON.parse(request.responseText); } catch (error) { told = null; }
      if (told && told.results) { say(""); show(told); return; }
      say(told && told.message ? told.message : "服务器没有正常答复，请稍后再试，或与财政部门联系。", true);
    };
    request.onerror = function () {
      busy = false;
      say("连不上服务器，或文件太大。请检查网络，文件不要超过 50 MB。", true);
    };
    request.send(file);
  }

  function choose(files) {
    if (files && files.length) { send(files[0]); }
    picker.value = "";
  }

  download.addEventListener("click", function () {
    var bytes = atob(scored.data);
    var array = new Uint8Array(bytes.length);
    var link = document.createElement("a");
    for (var i = 0; i < bytes.length; i += 1) { array[i] = bytes.charCodeAt(i); }
    var blob = new Blob([array], { type: "application/octet-stream" });
    if (navigator.msSaveBlob) { navigator.msSaveBlob(blob, scored.name); return; }
    link.href = URL.createObjectURL(blob);
    link.download = scored.name;
    document.body.appendChild(link);
    link.click();
    document.body.removeChild(link);
  });
  var info = new XMLHttpRequest();
  info.open("GET", "/api/info");
  info.onload = function () {
    var told = JSON.parse(info.responseText);
    document.getElementById("for-token").style.display = told.token_needed ? "" : "none";
  };
  info.send();
  drop.addEventListener("click", function () { picker.click(); });
  drop.addEventListener("keydown", function (event) {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); picker.click(); }
  });
  picker.addEventListener("click", function (event) { event.stopPropagation(); });
  picker.addEventListener("change", function () { choose(picker.files); });
  ["dragenter", "dragover"].forEach(function (kind) {
    drop.addEventListener(kind, function (event) { event.preventDefault(); drop.className = "over"; });
  });
  drop.addEventListener("dragleave", function () { drop.className = ""; });
  drop.addEventListener("drop", function (event) {
    event.preventDefault();
    drop.className = "";
    choose(event.dataTransfer.files);
  });
}());
