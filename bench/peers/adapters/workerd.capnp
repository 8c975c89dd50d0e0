# The port and the handler's file are filled in for each run.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:{{port}}", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "adapter", esModule = embed "workerd.mjs"),
    (name = "handler", commonJsModule = embed "{{file}}"),
  ],
  compatibilityDate = "2026-01-01",
);
