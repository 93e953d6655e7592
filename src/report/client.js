/* global Blob, DecompressionStream, Plotly, ResizeObserver, Response, URL, atob, document, matchMedia, window */
/* Runs in the report: draws the charts in place of their pictures, and opens all code at once. */
(() => {
  "use strict";

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const toggle = document.querySelector("#show-code");
  toggle.hidden = all("details.code").length === 0;
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(open));
    for (const details of all("details.code")) details.open = open;
  });

  // where the contents stand above the text they start closed; beside it they are always open
  const contents = document.querySelector("nav.contents details");
  const isWide = matchMedia("(min-width: 66rem)");
  const openContents = () => (contents.open = isWide.matches);
  isWide.addEventListener("change", openContents);
  openContents();

  /** A formula that is a little too wide gets smaller; what is still too wide scrolls, by keyboard too. */
  const smallest = 0.75;
  function fit(element) {
    const isFormula = element.classList.contains("formula");
    if (isFormula) {
      element.style.fontSize = "";
      const ratio = element.clientWidth / element.scrollWidth;
      if (ratio < 0.99) element.style.fontSize = `${Math.max(smallest, ratio - 0.005)}em`;
    }
    const scrolls = element.scrollWidth > element.clientWidth + 1;
    for (const [name, value] of [
      ["tabindex", "0"],
      ["role", "group"],
      ["aria-label", isFormula ? "wide formula" : "wide text"],
    ]) {
      if (scrolls) element.setAttribute(name, value);
      else element.removeAttribute(name);
    }
  }

  const widths = new WeakMap();
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (widths.get(target) === target.clientWidth) continue;
      widths.set(target, target.clientWidth);
      fit(target);
    }
  });
  // not before the fonts are there, whose widths decide
  document.fonts.ready.then(() => {
    for (const element of all(".formula, pre, .table")) observer.observe(element);
  });

  /** Plotly travels compressed, since it is most of the file. */
  async function loadPlotly(base64) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const code = await new Response(stream).blob();
    const script = document.createElement("script");
    script.src = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await new Promise((resolve, reject) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
    URL.revokeObjectURL(script.src);
  }

  async function draw(figure) {
    const { data, layout } = JSON.parse(figure.querySelector(".plot-data").textContent);
    const plot = figure.querySelector(".plot");
    const isTouch = matchMedia("(pointer: coarse)").matches;
    plot.hidden = false;
    try {
      await Plotly.newPlot(
        plot,
        data,
        {
          ...layout,
          autosize: true,
          margin: { l: 60, r: 16, t: 48, b: 64 },
          dragmode: isTouch ? false : "zoom",
        },
        { responsive: true, displayModeBar: false, showTips: false },
      );
    } catch (error) {
      plot.hidden = true;
      throw error;
    }
    figure.querySelector(".static").classList.add("replaced");
    figure.querySelector(".description").hidden = false;
    figure.dataset.drawn = "true";
  }

  async function drawAll() {
    const packed = document.querySelector("#plotly");
    if (packed === null || typeof DecompressionStream === "undefined") return;
    await loadPlotly(packed.textContent.trim());
    // one after the other: a chart that fails keeps its picture and does not hold up the others
    for (const figure of all("figure.chart")) await draw(figure).catch((error) => window.reportError(error));
  }

  drawAll().catch((error) => window.reportError(error));
})();
