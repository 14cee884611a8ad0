// GitHub's parser imports its schemas as bundlers take them: without saying that they are JSON.

import { registerHooks } from "node:module";

registerHooks({
  load(url, context, next) {
    return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
  },
});
