"use strict";

// No validator badge: it would send the document's address to another server.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  onComplete: () => {
    document.documentElement.dataset.ready = "yes";
  },
});
