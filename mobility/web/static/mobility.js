// Small conveniences; every page works without this file.
document.querySelectorAll("[data-focus]").forEach(function (element) { element.focus(); });
// A form sent twice by a double click is sent once; the server refuses the second one anyway.
document.addEventListener("submit", function (event) {
  var form = event.target;
  if (form.dataset.sent && !form.hasAttribute("hx-post")) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  window.setTimeout(function () { delete form.dataset.sent; }, 4000);
});
