// Starts `gamec lsp` for .game files. Colours come from the TextMate grammar and need no server.
"use strict";

const { workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function activate() {
  const [command, ...args] = workspace.getConfiguration("gamec").get("command");
  const server = { command, args: [...args, "lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("gamec", "gamec", server, {
    documentSelector: [{ language: "game" }],
  });
  return client.start();
}

function deactivate() {
  return client === undefined ? undefined : client.stop();
}

module.exports = { activate, deactivate };
