"use strict";

const options = { scrollYOffset: "nav.pages", expandResponses: "200,201,202", jsonSampleExpandLevel: 3, hideDownloadButton: true };

Redoc.init("/openapi.json", options, document.getElementById("page"), () => {
  document.documentElement.dataset.ready = "yes";
});
