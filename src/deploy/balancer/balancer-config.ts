/** A server that the balancer knows. */
export interface BalancedServer {
  /** `r1` */
  readonly name: string;
  /** Host, by address or by a name that the DNS of Docker knows. */
  readonly host: string;
  readonly port: number;
}

export interface BalancerOptions {
  readonly servers: readonly BalancedServer[];
  /** That it listens on inside of its container. */
  readonly port: number;
  /** Which set of servers this is: told at `/balancer/generation`, so that a switch can be seen. */
  readonly generation: string;
  /** How long an old process of the balancer goes on with the connections that it has. */
  readonly drainSeconds: number;
}

/** Where the balancer itself tells which servers it sends requests to. */
export const generationPath = '/balancer/generation';

/**
 * Of HAProxy, 2.6 or newer. Predictions change nothing, so a request whose server went away goes to another one: at
 * once when it refuses, closes or breaks off, without the client seeing anything. What cannot be sent again, because it
 * is larger than the buffer, fails with 502 instead.
 */
export function balancerConfig({ servers, port, generation, drainSeconds }: BalancerOptions): string {
  return `# Written by \`trainyard deploy\`: the next deployment overwrites what is changed here.
global
  maxconn 4096
  # A request up to this size can be sent again to another server.
  tune.bufsize 65536
  hard-stop-after ${drainSeconds}s
  log stdout format raw local0 notice

defaults
  mode http
  log global
  option dontlog-normal
  option http-keep-alive
  # After a reload, connections are closed with an answer, and not before a request that is on its way.
  option idle-close-on-response
  timeout connect 1s
  timeout client 75s
  timeout http-request 10s
  timeout http-keep-alive 75s
  # Beyond maxconn, requests wait here for whichever server is free first, so that none has to refuse what comes at once:
  # a server takes 64 however slow it is, and at a reload two processes of the balancer send it theirs.
  timeout queue 2s
  timeout server 30s
  timeout check 2s
  retries 3
  # 503: a server that has just started and is not ready yet, because a connection waited for it. With maxconn below what a
  # server always takes, none says it because it has too much.
  retry-on conn-failure empty-response junk-response 503
  option redispatch 1
  default-server check inter 1s fastinter 200ms downinter 500ms fall 2 rise 1 observe layer4 error-limit 5 on-error mark-down maxconn 32 resolvers docker init-addr libc,none resolve-prefer ipv4

resolvers docker
  parse-resolv-conf
  resolve_retries 2
  timeout resolve 500ms
  timeout retry 500ms
  hold valid 1s
  # While a server is replaced, its name is gone. After this time it would count as taken out, and once its name is back as
  # up, before a check has asked it whether it is ready. Until then it is down by its checks, and stays so until it is ready.
  hold other 300s
  hold refused 300s
  hold nx 300s
  hold timeout 300s

frontend predictions
  bind :${port}
  option forwardfor
  http-request return status 200 content-type text/plain string "${generation}" if { path ${generationPath} }
  http-request return status 503 content-type text/plain string "no server is ready" if { path /balancer/ready } { nbsrv(servers) lt 1 }
  http-request return status 200 content-type text/plain string "ready" if { path /balancer/ready }
  default_backend servers

backend servers
  balance leastconn
  option httpchk
  http-check send meth GET uri /health/ready ver HTTP/1.1 hdr host balancer
  http-check expect status 200
${servers.map(({ name, host, port: to }) => `  server ${name} ${host}:${to}\n`).join('')}`;
}
